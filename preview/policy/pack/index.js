// Pulumi's host would compile a TypeScript entry itself; what this imports has its types stripped by Node.
import "./pack.ts";
