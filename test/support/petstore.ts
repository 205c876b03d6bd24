import { text } from 'node:stream/consumers'
import { startHttpBackend, type HttpBackend } from './http-backend.ts'

/**
 * The PetStore of AWS's tutorials, which is an ordinary HTTP server: `/petstore/pets` lists three pets (all of
 * one `type` when it is asked for), `/petstore/pets/{id}` tells one or what is wrong, and a POST is answered
 * with what was posted.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-create-api-cli-sdk.html
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
export function startPetStore(): Promise<HttpBackend> {
  return startHttpBackend((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://petstore')
    const answer = (content: unknown) =>
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify(content, undefined, 2))
    if (request.method === 'POST') {
      void text(request).then((pet) => answer({ pet: JSON.parse(pet), message: 'success' }))
      return
    }
    request.resume()
    const [, id] = /^\/petstore\/pets\/([^/]+)$/.exec(pathname) ?? []
    answer(id === undefined ? petsOf(searchParams.get('type')) : (petOf(id) ?? outOfRange))
  })
}

const pets = [
  { id: 1, type: 'dog', price: 249.99 },
  { id: 2, type: 'cat', price: 124.99 },
  { id: 3, type: 'fish', price: 0.99 },
]

const outOfRange = {
  errors: [{ key: 'GetPetRequest.petId', message: 'The value is out of range.' }],
}

function petsOf(type: string | null): readonly object[] {
  return type === null ? pets : pets.map((pet) => ({ ...pet, type }))
}

function petOf(id: string): object | undefined {
  return pets.find((pet) => String(pet.id) === id)
}
