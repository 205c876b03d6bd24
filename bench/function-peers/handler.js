const text = 'x'.repeat(1000)

/** Answers 1 KB to 1 KB. */
exports.answer = async (event) => ({
  statusCode: 200,
  headers: { 'Content-Type': 'text/plain' },
  body: event.body.length > 0 ? text : '',
})
