const READ = [
  ...'-o beginning -e -q -X fetch.message.max.bytes=4194304 -X queued.max.messages.kbytes=262144'.split(' '),
]
const WRITE = [
  ...'-X acks=all -X linger.ms=5 -X queue.buffering.max.messages=500000 -X partitioner=murmur2_random'.split(' '),
]

const quote = word => `'${word}'`

/** Two kcats and a pipe: keys and values only, separated by control characters that the sets do not hold. */
export const kcat = {
  name: 'kcat',
  share: 0.25,
  route: 'key',
  guarantee: 'at least once, no headers, no timestamps',
  digest: 'bare',
  missing: tools => (tools.kcat ? undefined : 'kcat is not on PATH (apt-get install kcat)'),
  createsTarget: true,
  command: ({ broker, source, target, set }) => {
    const reader = ['kcat', '-b', broker.address, '-C', '-t', source, ...READ, '-f', '%k\\x1f%s\\x1e']
    const writer = [
      'kcat',
      '-b',
      broker.address,
      '-P',
      '-t',
      target,
      ...WRITE,
      '-K',
      '\x1f',
      '-D',
      '\x1e',
      '-z',
      set.codec,
    ]
    const line = [reader, writer].map(words => words.map(quote).join(' ')).join(' | ')
    return { file: 'bash', args: ['-c', `set -o pipefail; ${line}`] }
  },
}
