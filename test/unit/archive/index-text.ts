import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decompress } from '../../../src/archive/zstd.js'

/** The index of an archive that is being written, unpacked: as `zstd -d` gives it. */
export const indexText = async (folder: string): Promise<string> =>
  decompress(await readFile(join(folder, 'index.csv.zst'))).toString()
