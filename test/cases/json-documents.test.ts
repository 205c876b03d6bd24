import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownDocument, readDocumentCorpus } from '../../scripts/differential/json-documents.ts'

test('payloads that are no JSON are read as Jayway JsonPath reads them', () => {
  const { provenance, cases } = readDocumentCorpus()
  assert.equal(provenance.kind, 'Observed')
  assert.ok(cases.length >= 100, `${cases.length}`)
  for (const [payload, json] of cases) {
    assert.equal(ownDocument(payload), json, JSON.stringify(payload))
  }
})
