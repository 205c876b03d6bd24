import { createLongTasks, type DoLongTask } from '../engines/long-task.ts'
import type { LongTasks } from './long-tasks.ts'

/** Long tasks where nobody else waits for the event loop: done at once, in a later turn. */
export function longTasksHere(): LongTasks {
  let perform: DoLongTask | undefined
  return {
    async run(task) {
      await Promise.resolve()
      perform ??= createLongTasks()
      return perform(task)
    },
  }
}
