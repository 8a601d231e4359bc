import type { Command } from 'commander'

type Verb = { readonly name: string; readonly summary: string; readonly words: readonly string[] }

/** The completion script of a shell, made from the tree of commands, so that it cannot lag behind. */
export const completionScript = (shell: 'bash' | 'zsh' | 'fish', root: Command): string => {
  const verbs = root.commands.flatMap(verb => [verb.name(), ...verb.aliases()].map(name => describe(name, verb)))
  return { bash, zsh, fish }[shell](verbs)
}

const describe = (name: string, verb: Command): Verb => ({
  name,
  summary: verb.description(),
  words: [
    ...verb.commands.map(sub => sub.name()),
    ...new Set(flags(verb).concat(verb.commands.flatMap(flags))),
    '--help',
  ],
})

const flags = (command: Command): string[] => command.options.flatMap(option => (option.long ? [option.long] : []))

const bash = (verbs: readonly Verb[]): string => `# bash completion of spillway
_spillway() {
  local cur=\${COMP_WORDS[COMP_CWORD]} words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${verbs.map(verb => verb.name).join(' ')} --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${verbs.map(verb => `      ${verb.name}) words="${verb.words.join(' ')}" ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _spillway spillway
`

const zsh = (verbs: readonly Verb[]): string => `#compdef spillway
_spillway() {
  if (( CURRENT == 2 )); then
    local -a verbs=(
${verbs.map(verb => `      ${quote(`${verb.name}:${verb.summary.replaceAll(':', '\\:')}`)}`).join('\n')}
    )
    _describe command verbs
    return
  fi
  case $words[2] in
${verbs.map(verb => `    ${verb.name}) compadd -- ${verb.words.join(' ')} ;;`).join('\n')}
  esac
  _files
}
if [ "$funcstack[1]" = _spillway ]; then _spillway "$@"; else compdef _spillway spillway; fi
`

const fish = (verbs: readonly Verb[]): string => {
  const lines = verbs.flatMap(verb => [
    `complete -c spillway -n __fish_use_subcommand -a ${verb.name} -d ${quote(verb.summary)}`,
    ...verb.words.map(word => `complete -c spillway -n '__fish_seen_subcommand_from ${verb.name}' ${fishWord(word)}`),
  ])
  return `# fish completion of spillway\n${lines.join('\n')}\n`
}

const fishWord = (word: string): string => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`)

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
