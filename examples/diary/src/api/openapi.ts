import { LONGEST_NOTE } from "./entry.ts";

/** The API's description, served as `/openapi.json`. */
export function openapi(version: string): unknown {
  return {
    openapi: "3.1.0",
    info: { title: "Diary", version, description: "A diary that patients keep and their clinic reads." },
    paths: {
      "/healthz": {
        get: { summary: "Does the service reach its database?", responses: { 200: ok, 503: error } },
      },
      "/version": { get: { summary: "What runs here", responses: { 200: ok } } },
      "/api/v1/entries": {
        get: { summary: "The newest entries", security, responses: { 200: ok, 401: error } },
        post: {
          summary: "Write an entry",
          security,
          requestBody,
          responses: { 201: entry, 401: error, 422: error },
        },
      },
      "/api/v1/entries/{id}": {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } }],
        get: { summary: "One entry", security, responses: { 200: entry, 401: error, 404: error } },
        put: {
          summary: "Change an entry",
          security,
          requestBody,
          responses: { 200: entry, 404: error, 422: error },
        },
        delete: { summary: "Remove an entry", security, responses: { 204: ok, 401: error, 404: error } },
      },
    },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: {
        WrittenEntry: {
          type: "object",
          required: ["mood", "note"],
          properties: written,
          additionalProperties: false,
        },
        Entry: {
          type: "object",
          required: ["id", "patientId", "mood", "note", "createdAt", "updatedAt"],
          properties: {
            id: { type: "string", format: "uuid" },
            ...written,
            createdAt: { type: "string", format: "date-time" },
            updatedAt: { type: "string", format: "date-time" },
          },
        },
      },
    },
  };
}

const security = [{ token: [] }];
const ok = { description: "Done" };
const error = { description: "Refused; `error` says why" };
const entry = {
  description: "The entry",
  content: { "application/json": { schema: { $ref: "#/components/schemas/Entry" } } },
};
const requestBody = {
  required: true,
  content: { "application/json": { schema: { $ref: "#/components/schemas/WrittenEntry" } } },
};
const written = {
  patientId: { type: "string", format: "uuid", description: "Staff say whose entry it is" },
  mood: { type: "integer", minimum: 1, maximum: 5 },
  note: { type: "string", maxLength: LONGEST_NOTE },
};
