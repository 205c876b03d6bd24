import type { MessagePort } from 'node:worker_threads'
import type {
  FunctionCaller,
  FunctionInvocation,
  FunctionOutcome,
  FunctionStreamEnd,
  Functions,
} from '../../ports/functions.ts'
import {
  receiveStream,
  sendStream,
  type FlowOrder,
  type ReceivedStream,
  type SentStream,
} from './link-stream.ts'
import { TurnBatch } from '../http/turn-batch.ts'

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
  isStreamed: true | undefined,
]

/** What the reader of a streamed answer says to it. */
type FlowRow = readonly [call: number, flow: FlowOrder]

type Answered = Extract<FunctionOutcome, { outcome: 'answered' }>

type Streaming = Extract<FunctionOutcome, { outcome: 'streaming' }>

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
  | readonly [call: number, outcome: Exclude<FunctionOutcome, Answered | Streaming>]
  /** It is streamed: its beginning, its pieces, the end of its content, the end of the function. */
  | readonly [
      call: number,
      kind: 'begin',
      requestId: string,
      executedVersion: string | undefined,
      contentType: string | undefined,
    ]
  | readonly [call: number, kind: 'piece', bytes: Uint8Array]
  | readonly [call: number, kind: 'finish', brokenBy: string | undefined, unused: undefined]
  | readonly [call: number, kind: 'end', end: FunctionStreamEnd, unused: undefined]

/** A call that has no answer yet. */
interface WaitingCall {
  readonly row: CallRow
  readonly settle: (outcome: FunctionOutcome) => void
}

/**
 * What the function plane says first: a word of shared memory in which it counts the calls that it took from
 * the port. A thread that ends takes no more, so what it did not count did not run.
 */
type Greeting = Int32Array<SharedArrayBuffer>

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
 * What that thread took and did not answer ends as `unreachable`, and is never sent again: it may have
 * run. What it did not take, and what had not been sent, waits for the next port, 10 s at most.
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
  /** Calls that are not answered, in the order in which they went through the port. */
  readonly #sent = new Map<number, WaitingCall & { readonly place: number }>()
  /** Answers that have begun and not ended. */
  readonly #streams = new Map<number, ReceivedStream>()
  /** Calls that wait for a port. */
  readonly #unsent: WaitingCall[] = []
  #port: MessagePort | undefined
  /** How many calls went through the port, and how many of them the other end took. */
  #sentCount = 0
  #taken: Greeting | undefined
  /** Undefined: the other end has not greeted, and may be one that is gone. */
  #batch: TurnBatch<CallRow | FlowRow> | undefined
  #patience: NodeJS.Timeout | undefined
  #lastCall = 0
  #isClosed = false

  constructor(askForPort: () => void, waitMs: number) {
    this.#askForPort = askForPort
    this.#waitMs = waitMs
  }

  invoke(invocation: FunctionInvocation): Promise<FunctionOutcome> {
    return new Promise((settle) => {
      const call = { row: callRow(++this.#lastCall, invocation), settle }
      if (this.#batch !== undefined) this.#send(this.#batch, call)
      else this.#wait(call)
    })
  }

  connect(port: MessagePort): void {
    // A second one was asked for by callers who gave up before the first came.
    if (this.#isClosed || this.#port !== undefined) return port.close()
    this.#port = port
    // Only serveFunctionLink posts here.
    port.on('message', (message: Greeting | readonly AnswerRow[]) => {
      if (message instanceof Int32Array) this.#begin(port, message)
      else for (const row of message) this.#settle(row)
    })
    port.on('close', () => {
      if (this.#port === port) this.#disconnect('the function plane ended')
    })
  }

  /** The other end has greeted. */
  #begin(port: MessagePort, taken: Greeting): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    this.#sentCount = 0
    this.#taken = taken
    const batch = new TurnBatch<CallRow | FlowRow>((rows) => port.postMessage(rows))
    this.#batch = batch
    for (const call of this.#unsent.splice(0)) this.#send(batch, call)
  }

  close(): void {
    this.#isClosed = true
    this.#disconnect('the server stops')
    this.#giveUp('the server stops')
  }

  #send(batch: TurnBatch<CallRow | FlowRow>, { row, settle }: WaitingCall): void {
    this.#sentCount += 1
    this.#sent.set(row[0], { row, settle, place: this.#sentCount })
    batch.add(row)
  }

  #wait(call: WaitingCall): void {
    if (this.#isClosed) return call.settle({ outcome: 'unreachable', detail: 'the server stops' })
    this.#unsent.push(call)
    this.#ask()
  }

  #ask(): void {
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
    if (isStreamRow(row)) return this.#stream(row)
    const call = this.#sent.get(row[0])
    this.#sent.delete(row[0])
    call?.settle(outcomeOf(row))
  }

  #stream(row: StreamRow): void {
    const [call] = row
    if (row[1] === 'begin') return this.#beginStream(row)
    const stream = this.#streams.get(call)
    switch (row[1]) {
      case 'piece':
        return stream?.take(row[2])
      case 'finish':
        return stream?.finish(row[2])
      case 'end':
        this.#streams.delete(call)
        return stream?.end(row[2])
    }
  }

  #beginStream(row: Extract<StreamRow, readonly [number, 'begin', ...unknown[]]>): void {
    const [call, , requestId, executedVersion, contentType] = row
    const waiting = this.#sent.get(call)
    this.#sent.delete(call)
    const batch = this.#batch
    const stream = receiveStream((flow) => {
      if (batch === this.#batch) batch?.add([call, flow])
    })
    this.#streams.set(call, stream)
    waiting?.settle({
      outcome: 'streaming',
      requestId,
      body: stream.body,
      ended: stream.ended,
      ...(executedVersion === undefined ? {} : { executedVersion }),
      ...(contentType === undefined ? {} : { contentType }),
    })
  }

  #disconnect(detail: string): void {
    this.#port?.close()
    this.#port = undefined
    this.#batch = undefined
    const takenCount = this.#taken === undefined ? 0 : Atomics.load(this.#taken, 0)
    this.#taken = undefined
    const pending = [...this.#sent.values()]
    this.#sent.clear()
    for (const { row, settle, place } of pending) {
      if (place > takenCount && !this.#isClosed) this.#unsent.push({ row, settle })
      else settle({ outcome: 'unreachable', detail })
    }
    for (const stream of this.#streams.values()) stream.lose(detail)
    this.#streams.clear()
    if (this.#unsent.length === 0 || this.#isClosed) return
    // Some waited for a thread that was gone before it greeted: their time goes on.
    if (this.#patience === undefined) this.#ask()
    else this.#askForPort()
  }
}

type StreamRow = Extract<AnswerRow, readonly [number, string, ...unknown[]]>

function isStreamRow(row: AnswerRow): row is StreamRow {
  return typeof row[1] === 'string'
}

/** Answers the invocations that come through a port, for as long as its other end lives. */
export function serveFunctionLink(port: MessagePort, functions: Functions): void {
  const batch = new TurnBatch<AnswerRow>((rows) => port.postMessage(rows))
  const streams = new Map<number, SentStream>()
  const served: ServedLink = { functions, batch, streams }
  // The greeting, without which nothing is sent here: a link may be given to a thread that is gone.
  const taken: Greeting = new Int32Array(new SharedArrayBuffer(4))
  port.postMessage(taken)
  // Only a link posts here.
  port.on('message', (rows: readonly (CallRow | FlowRow)[]) => {
    for (const row of rows) {
      if (row.length === 2) streams.get(row[0])?.flow(row[1])
      else {
        Atomics.add(taken, 0, 1)
        void answerCall(row, served)
      }
    }
  })
  // Nobody reads what a link that is gone was reading.
  port.on('close', () => {
    for (const stream of streams.values()) stream.flow(undefined)
  })
}

interface ServedLink {
  readonly functions: Functions
  readonly batch: TurnBatch<AnswerRow>
  readonly streams: Map<number, SentStream>
}

async function answerCall(row: CallRow, link: ServedLink): Promise<void> {
  const outcome = await link.functions
    .invoke(invocationOf(row))
    .catch((error: unknown): FunctionOutcome => ({
      outcome: 'unreachable',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
  if (outcome.outcome === 'streaming') answerStream(row[0], outcome, link)
  else link.batch.add(answerRow(row[0], outcome))
}

function answerStream(call: number, streaming: Streaming, { batch, streams }: ServedLink): void {
  const { requestId, executedVersion, contentType, body, ended } = streaming
  batch.add([call, 'begin', requestId, executedVersion, contentType])
  const finished = Promise.withResolvers<void>()
  const sent = sendStream(body, {
    piece: (bytes) => batch.add([call, 'piece', bytes]),
    finish(brokenBy) {
      streams.delete(call)
      batch.add([call, 'finish', brokenBy, undefined])
      finished.resolve()
    },
  })
  streams.set(call, sent)
  // The end is the last that is said of a call.
  void Promise.all([ended, finished.promise]).then(([end]) =>
    batch.add([call, 'end', end, undefined]),
  )
}

function callRow(call: number, invocation: FunctionInvocation): CallRow {
  const { functionArn, caller, invocationType, payload, logTail } = invocation
  const { clientContext, traceId, timeoutMs, isJson, requestId, isStreamed } = invocation
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
    isStreamed,
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
    ...(row[13] === undefined ? {} : { isStreamed: row[13] }),
  }
}

function callerOf(row: CallRow): FunctionCaller {
  const [service, sourceArn, sourceAccount] = [row[8], row[9], row[10]]
  if (service === undefined || sourceArn === undefined || sourceAccount === undefined) {
    return { kind: 'account' }
  }
  return { kind: 'service', service, sourceArn, sourceAccount }
}

function answerRow(call: number, outcome: Exclude<FunctionOutcome, Streaming>): AnswerRow {
  if (outcome.outcome !== 'answered') return [call, outcome]
  const { status, payload, requestId, executedVersion, functionError, logTail } = outcome
  return [call, status, payload, requestId, executedVersion, functionError, logTail]
}

function outcomeOf(row: Exclude<AnswerRow, StreamRow>): FunctionOutcome {
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
