// What a shell reads to complete our commands. It asks the program itself at each TAB, so it never goes out of date.
//
// What has been typed is handed to the program as arguments, and never read as a command by the shell again.
import { quoteForShell } from "../../config/shell.ts";

/** The command behind the scripts; its first argument is the program that is completed. */
export const completeWord = "__complete";

export const shells = ["bash", "zsh", "fish"] as const;

/** Both programs; a path before the name makes no difference. */
export const programs = ["aframe", "aframe-init"] as const;

/** @param executable - bin/aframe of this checkout, absolute */
export const scripts: Readonly<Record<(typeof shells)[number], (executable: string) => string>> = {
    bash: (executable) => `# Completion of ${programs.join(" and ")} for bash; made by aframe completion bash.
_aframe() {
    local text
    COMPREPLY=()
    # Words are cut at = and : here, which the program joins again.
    while IFS=$'\\t' read -r text _; do
        case $text in
            :files) compopt -o default ;;
            :directories) compopt -o dirnames ;;
            ?*) COMPREPLY+=("$text") ;;
        esac
    done < <(${quoteForShell(executable)} ${completeWord} "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
}
complete -F _aframe ${programs.join(" ")}
`,
    zsh: (executable) => `#compdef ${programs.join(" ")}
# Completion of ${programs.join(" and ")} for zsh; made by aframe completion zsh.
_aframe() {
    local line
    local -a offered
    for line in "\${(@f)$(${quoteForShell(executable)} ${completeWord} "\${(@Q)words[1,CURRENT]}" 2>/dev/null)}"; do
        case $line in
            :files) compset -P '--*='; _files; return ;;
            :directories) compset -P '--*='; _files -/; return ;;
            ?*) offered+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
        esac
    done
    _describe 'aframe' offered
}
if [ "$funcstack[1]" = "_aframe" ]; then
    _aframe "$@"
else
    compdef _aframe ${programs.join(" ")}
fi
`,
    fish: (executable) => `# Completion of ${programs.join(" and ")} for fish; made by aframe completion fish.
function __aframe_complete
    set -l current (commandline -ct)
    for line in (${quoteForFish(executable)} ${completeWord} (commandline -opc) "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :directories
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
${programs.map((program) => `complete -c ${program} -f -a '(__aframe_complete)'\n`).join("")}`,
};

/** A word that fish reads back as exactly this text. */
function quoteForFish(text: string): string {
    return `'${text.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
}
