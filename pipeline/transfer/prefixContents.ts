// Life cycle of an S3 prefix's contents; runs in the dynamic-provider process.
import type { S3Location } from "../../config/settings.ts";
import type { S3Connection } from "./connection.ts";

export interface PrefixContentsState {
    readonly location: S3Location;
    readonly owner: string;
    readonly artifacts: "retain" | "delete";
    readonly s3?: S3Connection;
}
