// Numbers as Python prints them: what law's tasks put on a command line.

/** `2048` becomes `2048.0`, `1e-7` becomes `1e-07`. */
export function pythonFloat(value: number): string {
    if (!Number.isFinite(value)) {
        return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }
    const magnitude = Math.abs(value);
    if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
        const [mantissa = "", exponent = ""] = value.toExponential().split("e");
        return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, "0")}`;
    }
    const text = String(value);
    return Number.isInteger(value) ? `${text}.0` : text;
}
