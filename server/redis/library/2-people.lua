-- People, and what they and devices write, as JSON.

local PERSON_BYTES = 240 -- of a person's name: 60 letters of up to four bytes

-- A text as JSON; nil where it is none, or has more than so many bytes.
local function text_json(text, most)
  if not text or #text > most or not is_text(text) then return nil end
  return cjson.encode(text)
end

-- Whether a text is a person's handle: wire/people.ts `HANDLE`.
local function is_handle(text)
  return text and #text <= 32 and find(text, '^[a-z%d][a-z%d._-]*$') ~= nil
end

-- Who wrote something, as JSON; nil where that is nobody.
local function author_json(id, name)
  local own = is_handle(id) and text_json(name, PERSON_BYTES)
  return own and '{"id":"' .. id .. '","name":' .. own .. '}' or nil
end

local function wrong(what)
  return redis.error_reply('WFARG ' .. what)
end
