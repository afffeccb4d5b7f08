// Uploads a folder in a process of its own, which a test can kill: node uploadOnce.ts '<JSON>'.
import type { S3Location } from "../../../config/settings.ts";
import type { Manifest } from "../../../pipeline/stage/manifest.ts";
import { createClient } from "../../../pipeline/transfer/client.ts";
import type { S3Connection } from "../../../pipeline/transfer/connection.ts";
import type { TransferOptions } from "../../../pipeline/transfer/options.ts";
import { uploadStage } from "../../../pipeline/transfer/upload.ts";

interface Order {
    readonly connection: S3Connection;
    readonly root: string;
    readonly location: S3Location;
    readonly manifest: Manifest;
    readonly options: TransferOptions;
}

const { connection, root, location, manifest, options } = JSON.parse(process.argv[2] ?? "") as Order;
await uploadStage(createClient(connection), root, location, manifest, options);
