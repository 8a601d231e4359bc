/** The two parts of a runner that end what it runs, which is named by its state. */
type Ender<State> = {
  signal(state: State, name: NodeJS.Signals): Promise<boolean>
  hasEnded(state: State, milliseconds: number): Promise<boolean>
}

/**
 * Sends a server this signal and waits until it has ended; after `grace` milliseconds it is killed. One that does not run is left
 * alone, and one that is only halted or let go on (SIGSTOP, SIGCONT) is not waited for.
 */
export async function endServer<State>(
  runner: Ender<State>,
  state: State,
  { name, grace }: { readonly name: NodeJS.Signals; readonly grace: number },
): Promise<void> {
  if (!(await runner.signal(state, name)) || name === 'SIGSTOP' || name === 'SIGCONT') return
  if (await runner.hasEnded(state, grace)) return
  await runner.signal(state, 'SIGKILL')
  await runner.hasEnded(state, grace)
}
