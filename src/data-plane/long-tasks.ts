import type { LongTask, LongTaskOutcomes } from '../engines/long-task.ts'

/**
 * Does what would hold the event loop up, somewhere else: rendering a template that takes many steps, looking
 * at a large body.
 *
 * A task is bounded by its own steps, whatever it is given. Rejects with `LongTaskRefused` when too much waits
 * already, and when whoever does it is gone or takes too long.
 */
export interface LongTasks {
  run<Kind extends LongTask['kind']>(
    task: Extract<LongTask, { kind: Kind }>,
  ): Promise<LongTaskOutcomes[Kind]>
}
