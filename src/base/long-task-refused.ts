/** A long task was not done. `busy`: too many wait; `lost`: who did it is gone, or took too long. */
export class LongTaskRefused extends Error {
  override readonly name = 'LongTaskRefused'
  readonly reason: 'busy' | 'lost'

  constructor(reason: 'busy' | 'lost', message: string) {
    super(message)
    this.reason = reason
  }
}
