import { testTutorial } from '../support/tutorial-test.ts'

testTutorial('stage-cache', () => Promise.resolve({ flags: { testClock: true } }))
