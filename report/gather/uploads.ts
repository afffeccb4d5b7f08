// What of an experiment is on S3, and since when.
import type { S3Location } from "../../config/settings.ts";
import { impatient } from "../../pipeline/training/report.ts";
import { clientFor } from "../../pipeline/transfer/client.ts";
import type { S3Connection } from "../../pipeline/transfer/connection.ts";
import { type ListedObject, listPages } from "../../pipeline/transfer/listing.ts";

/** Name → what is there of that name. */
export type Arrivals = ReadonlyMap<string, Pick<ListedObject, "size" | "modified">>;

export async function arrivalsIn(s3: S3Connection, location: S3Location): Promise<Arrivals> {
    const found = new Map<string, ListedObject>();
    for await (const page of listPages(clientFor(s3), location, impatient)) {
        for (const object of page) found.set(object.name, object);
    }
    return found;
}
