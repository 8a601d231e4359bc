/** What is discarded, as its plan or a survey knows it. */
export type Discarded = {
  /** Topic or queue. */
  readonly name: string
  /** Address without credentials. */
  readonly source: string
  /** The settings file marks its cluster `production: true`. */
  readonly production: boolean
}

/** The name that must be typed to discard: of the topic or queue, with the cluster's in front where that is production. Pure. */
export const discardName = ({ name, source, production }: Discarded): string => {
  const cluster = source.includes('://') ? undefined : source.split('/')[0]
  return production && cluster !== undefined ? `${cluster}/${name}` : name
}
