import type { KafkaLabOptions } from '../../../../src/lab/kafka/options.js'
import type { LabState } from '../../../../src/lab/kafka/state.js'

/** A lab's state for tests: nodes with ports 100, 101, 102, then 200 and so on. */
export function aState(options: Partial<KafkaLabOptions> = {}, over: Partial<LabState> = {}): LabState {
  const ids = options.brokers === 3 ? [1, 2, 3] : [1]
  return {
    service: 'kafka',
    options: { name: 'night', ...options },
    source: 'docker',
    release: '4.1.2',
    clusterId: 'Q2x1c3RlcklkT2ZUZXN0cw',
    libs: '',
    nodes: ids.map(id => ({ id, client: id * 100, internal: id * 100 + 1, controller: id * 100 + 2 })),
    ...over,
  }
}
