import { formatBytes } from '../../core/quantity.js'
import type { Detail } from '../../errors.js'
import type { DiscardDraft } from '../plan.js'
import type { BrokerFolder } from './options.js'

/** One reason why `--execute` refuses now. */
export type ArchiveRefusal = Detail & { readonly code: string; readonly hint: string; readonly mayClear: boolean }

/** A broker that keeps its data in the folder of an archive, on its volume, or, of a machine with one disk, on that. */
export type ArchiveNeighbour = {
  readonly broker: BrokerFolder
  readonly shares: 'folder' | 'volume' | 'system-disk'
}

/** What speaks against the place of an archive: no room above its floor, or a broker's own volume. Pure. */
export const archiveRefusals = (
  { archive }: Pick<DiscardDraft, 'archive'>,
  neighbour: ArchiveNeighbour | undefined,
): readonly ArchiveRefusal[] => {
  if (archive === undefined) return []
  const { folder, needBytes, freeBytes, floorBytes } = archive
  const fits = needBytes + floorBytes <= freeBytes
  return [
    ...besideBroker(folder, neighbour),
    ...(fits
      ? []
      : [
          {
            code: 'archive-room',
            message: `The archive needs about ${formatBytes(needBytes)}, and ${formatBytes(freeBytes)} are free where ${folder} would lie; ${formatBytes(floorBytes)} of that are to stay free`,
            hint: 'Make room, give another disk with --archive DIR, let go of less with --max-messages N, or keep nothing with --no-archive.',
            mayClear: true,
          },
        ]),
  ]
}

const besideBroker = (folder: string, neighbour: ArchiveNeighbour | undefined): readonly ArchiveRefusal[] => {
  if (neighbour === undefined || neighbour.shares === 'system-disk') return []
  const { broker, shares } = neighbour
  return [
    {
      code: 'archive-volume',
      message: `The archive (${folder}) would lie ${shares === 'folder' ? 'in the data folder' : 'on the data volume'} of ${broker.broker} (${broker.path})`,
      hint: 'It would fill the disk that is to be relieved. Give a folder on another one: --archive DIR.',
      mayClear: false,
    },
  ]
}

/** A machine with a single disk has no other to offer; what that means is said. Pure. */
export const archiveWarnings = (neighbour: ArchiveNeighbour | undefined): readonly string[] =>
  neighbour?.shares === 'system-disk'
    ? [
        `The archive lies on the system disk, and so does the data of ${neighbour.broker.broker}: it takes there what is freed there. --archive DIR names another disk`,
      ]
    : []
