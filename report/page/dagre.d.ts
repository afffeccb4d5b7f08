// The part of dagre that is used; the types it ships do not resolve in ES modules.
declare module "@dagrejs/dagre" {
    interface Point {
        readonly x: number;
        readonly y: number;
    }
    export class Graph {
        setGraph(options: object): void;
        setDefaultEdgeLabel(label: () => object): void;
        setNode(name: string, size: { readonly width: number; readonly height: number }): void;
        setEdge(from: string, to: string): void;
        /** Its size, once it is laid out. */
        graph(): { readonly width?: number; readonly height?: number };
        node(name: string): Point & { readonly width: number };
        edges(): readonly { readonly v: string; readonly w: string }[];
        edge(edge: { readonly v: string; readonly w: string }): { readonly points: readonly Point[] };
    }
    export function layout(graph: Graph): void;
}
