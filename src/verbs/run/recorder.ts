import type { RunEvent } from '../../core/event.js'
import { foldRun, NOTHING_YET, type RunSoFar } from '../../core/fold.js'
import type { RunFolder } from '../../journal/run-folder.js'

/** Journals each event before anybody else learns of it, and folds it into the state that status and progress show. */
export class Recorder {
  state: RunSoFar = NOTHING_YET
  readonly #folder: RunFolder
  readonly #show: (event: RunEvent) => void

  private constructor(folder: RunFolder, show: (event: RunEvent) => void) {
    this.#folder = folder
    this.#show = show
  }

  /** A recorder that goes on behind what the folder's journal holds. */
  static async of(folder: RunFolder, show: (event: RunEvent) => void): Promise<Recorder> {
    const recorder = new Recorder(folder, show)
    for await (const event of folder.events()) recorder.#learn(event)
    return recorder
  }

  /** Resolves once the event is on disk. Throws RunError `journal-full` and its like. */
  async record(event: RunEvent): Promise<void> {
    await this.#folder.append(event)
    this.#learn(event)
  }

  #learn(event: RunEvent): void {
    this.state = foldRun(this.state, event)
    this.#show(event)
  }
}
