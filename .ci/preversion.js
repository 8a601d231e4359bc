// Refuses to make a version while the changes of it still stand under "Unreleased".
import { readFileSync } from 'node:fs'

const changelog = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8')
if (/^## Unreleased/im.test(changelog)) {
  process.stderr.write(
    'CHANGELOG.md has a section Unreleased: rename it to the new version and its date, then again.\n',
  )
  process.exitCode = 1
}
