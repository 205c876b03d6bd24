import type { MessagePort } from 'node:worker_threads'
import type {
  FunctionCaller,
  FunctionInvocation,
  FunctionOutcome,
  Functions,
} from '../ports/functions.ts'
import { TurnBatch } from './turn-batch.ts'

/*
 * The way from whoever invokes (a worker, the owner) to the function plane in another thread, and back.
 *
 * A message is what one turn of the event loop had to say: many calls, each a flat list. Measured with
 * 1 KB each way: one at a time 8,000 a second, however they are sent (it is two threads waking each
 * other); 64 at a time 106,000 as objects, 150,000 as lists, 200,000 as lists of a turn together, which
 * halves the processor time (docs/decisions/0024-the-functions-thread.md).
 */

/** An invocation on its way. `service` and `source…` are of a service that calls; undefined: the account does. */
type CallRow = readonly [
  call: number,
  functionArn: string,
  invocationType: FunctionInvocation['invocationType'],
  payload: string,
  logTail: boolean,
  clientContext: string | undefined,
  traceId: string | undefined,
  timeoutMs: number | undefined,
  service: string | undefined,
  sourceArn: string | undefined,
  sourceAccount: string | undefined,
  isJson: true | undefined,
  requestId: string | undefined,
]

type Answered = Extract<FunctionOutcome, { outcome: 'answered' }>

/** What came of it: what was answered as a list, everything else as it is. */
type AnswerRow =
  | readonly [
      call: number,
      status: number,
      payload: string,
      requestId: string,
      executedVersion: string | undefined,
      functionError: Answered['functionError'],
      logTail: string | undefined,
    ]
  | readonly [call: number, outcome: Exclude<FunctionOutcome, Answered>]

/** How long an invocation waits for the function plane to be there, in milliseconds. */
const linkWithinMs = 10_000

/** The end of who invokes. */
export interface FunctionLink extends Functions {
  /** Takes the port to the function plane that was asked for. */
  connect(port: MessagePort): void
  /** Ends everything that waits, and asks for no port any more. */
  close(): void
}

/**
 * The port `Functions` over a message port, which is asked for when an invocation has none: at the first,
 * and after the thread of the function plane ended.
 *
 * What that thread had and did not answer ends as `unreachable`, and is never sent again: it may have
 * run. What had not been sent waits for the next port, 10 s at most.
 */
export function createFunctionLink(
  askForPort: () => void,
  waitMs: number = linkWithinMs,
): FunctionLink {
  return new LinkClient(askForPort, waitMs)
}

class LinkClient implements FunctionLink {
  readonly #askForPort: () => void
  readonly #waitMs: number
  readonly #sent = new Map<number, (outcome: FunctionOutcome) => void>()
  /** Calls that wait for a port. */
  readonly #unsent: {
    readonly row: CallRow
    readonly settle: (outcome: FunctionOutcome) => void
  }[] = []
  #port: MessagePort | undefined
  /** Undefined: the other end has not greeted, and may be one that is gone. */
  #batch: TurnBatch<CallRow> | undefined
  #patience: NodeJS.Timeout | undefined
  #lastCall = 0
  #isClosed = false

  constructor(askForPort: () => void, waitMs: number) {
    this.#askForPort = askForPort
    this.#waitMs = waitMs
  }

  invoke(invocation: FunctionInvocation): Promise<FunctionOutcome> {
    return new Promise((settle) => {
      const row = callRow(++this.#lastCall, invocation)
      if (this.#batch !== undefined) this.#send(this.#batch, row, settle)
      else this.#wait(row, settle)
    })
  }

  connect(port: MessagePort): void {
    // A second one was asked for by callers who gave up before the first came.
    if (this.#isClosed || this.#port !== undefined) return port.close()
    this.#port = port
    // Only serveFunctionLink posts here.
    port.on('message', (rows: readonly AnswerRow[]) => {
      if (this.#batch === undefined) this.#begin(port)
      for (const row of rows) this.#settle(row)
    })
    port.on('close', () => {
      if (this.#port === port) this.#disconnect('the function plane ended')
    })
  }

  /** The other end has greeted. */
  #begin(port: MessagePort): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    const batch = new TurnBatch<CallRow>((rows) => port.postMessage(rows))
    this.#batch = batch
    for (const { row, settle } of this.#unsent.splice(0)) this.#send(batch, row, settle)
  }

  close(): void {
    this.#isClosed = true
    this.#disconnect('the server stops')
    this.#giveUp('the server stops')
  }

  #send(batch: TurnBatch<CallRow>, row: CallRow, settle: (outcome: FunctionOutcome) => void): void {
    this.#sent.set(row[0], settle)
    batch.add(row)
  }

  #wait(row: CallRow, settle: (outcome: FunctionOutcome) => void): void {
    if (this.#isClosed) return settle({ outcome: 'unreachable', detail: 'the server stops' })
    this.#unsent.push({ row, settle })
    if (this.#patience !== undefined) return
    this.#patience = setTimeout(
      () => this.#giveUp(`the function plane was not there for ${this.#waitMs} ms`),
      this.#waitMs,
    )
    this.#askForPort()
  }

  #giveUp(detail: string): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    for (const { settle } of this.#unsent.splice(0)) settle({ outcome: 'unreachable', detail })
  }

  #settle(row: AnswerRow): void {
    const settle = this.#sent.get(row[0])
    this.#sent.delete(row[0])
    settle?.(outcomeOf(row))
  }

  #disconnect(detail: string): void {
    this.#port?.close()
    this.#port = undefined
    this.#batch = undefined
    const lost = [...this.#sent.values()]
    this.#sent.clear()
    for (const settle of lost) settle({ outcome: 'unreachable', detail })
    // Those were for a thread that was gone before it greeted.
    if (this.#unsent.length > 0 && !this.#isClosed) this.#askForPort()
  }
}

/** Answers the invocations that come through a port, for as long as its other end lives. */
export function serveFunctionLink(port: MessagePort, functions: Functions): void {
  const batch = new TurnBatch<AnswerRow>((rows) => port.postMessage(rows))
  // The greeting, without which nothing is sent here: a link may be given to a thread that is gone.
  port.postMessage([])
  // Only a link posts here.
  port.on('message', (rows: readonly CallRow[]) => {
    for (const row of rows) void answerCall(row, functions, batch)
  })
}

async function answerCall(
  row: CallRow,
  functions: Functions,
  batch: TurnBatch<AnswerRow>,
): Promise<void> {
  const outcome = await functions
    .invoke(invocationOf(row))
    .catch((error: unknown): FunctionOutcome => ({
      outcome: 'unreachable',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
  batch.add(answerRow(row[0], outcome))
}

function callRow(call: number, invocation: FunctionInvocation): CallRow {
  const { functionArn, caller, invocationType, payload, logTail } = invocation
  const { clientContext, traceId, timeoutMs, isJson, requestId } = invocation
  const source = caller.kind === 'service' ? caller : undefined
  return [
    call,
    functionArn,
    invocationType,
    payload,
    logTail,
    clientContext,
    traceId,
    timeoutMs,
    source?.service,
    source?.sourceArn,
    source?.sourceAccount,
    isJson,
    requestId,
  ]
}

function invocationOf(row: CallRow): FunctionInvocation {
  const [, functionArn, invocationType, payload, logTail, clientContext, traceId, timeoutMs] = row
  return {
    functionArn,
    caller: callerOf(row),
    invocationType,
    payload,
    logTail,
    ...(clientContext === undefined ? {} : { clientContext }),
    ...(traceId === undefined ? {} : { traceId }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(row[11] === undefined ? {} : { isJson: row[11] }),
    ...(row[12] === undefined ? {} : { requestId: row[12] }),
  }
}

function callerOf(row: CallRow): FunctionCaller {
  const [service, sourceArn, sourceAccount] = [row[8], row[9], row[10]]
  if (service === undefined || sourceArn === undefined || sourceAccount === undefined) {
    return { kind: 'account' }
  }
  return { kind: 'service', service, sourceArn, sourceAccount }
}

function answerRow(call: number, outcome: FunctionOutcome): AnswerRow {
  if (outcome.outcome !== 'answered') return [call, outcome]
  const { status, payload, requestId, executedVersion, functionError, logTail } = outcome
  return [call, status, payload, requestId, executedVersion, functionError, logTail]
}

function outcomeOf(row: AnswerRow): FunctionOutcome {
  if (row.length === 2) return row[1]
  const [, status, payload, requestId, executedVersion, functionError, logTail] = row
  return {
    outcome: 'answered',
    status,
    payload,
    requestId,
    ...(functionError === undefined ? {} : { functionError }),
    ...(executedVersion === undefined ? {} : { executedVersion }),
    ...(logTail === undefined ? {} : { logTail }),
  }
}
