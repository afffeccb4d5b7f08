// The directories on S3, and the address of their server.
import { placeOf } from "../../../config/origin.ts";
import type { ExperimentSettings, Location, ResolvedValue, S3Location } from "../../../config/settings.ts";
import { type Place, placeOfValue } from "../../places.ts";

/** A directory of the experiment that is on S3. */
export interface S3Directory {
    readonly location: S3Location;
    /** Of the variable that names it. */
    readonly place: Place;
}

export function s3Directories(settings: ExperimentSettings): S3Directory[] {
    const { trainData, run } = settings.directories;
    const named: readonly (readonly [string, Location])[] = [
        ["train_datadir", trainData],
        ["train_rundir", run],
    ];
    return named.flatMap(([key, location]) => {
        const origin = findValue(settings, "luigi_paths", key)?.origin;
        return location.kind === "s3" ? [{ location, place: origin ? placeOf(origin) : {} }] : [];
    });
}

/** Of the address of the S3 server. */
export function endpointPlace(settings: ExperimentSettings): Place {
    return placeOfValue(settings, "luigi_s3", "endpoint_url");
}

/** Whether what was given for it is wrong, so that the settings hold the default in its place. */
export function isEndpointReplaced(settings: ExperimentSettings): boolean {
    return findValue(settings, "luigi_s3", "endpoint_url")?.replaced === true;
}

function findValue({ values }: ExperimentSettings, section: string, key: string): ResolvedValue | undefined {
    return values.find((value) => value.section === section && value.key === key);
}
