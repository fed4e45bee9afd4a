-- A command as text: JSON (wire/commands.ts), which begins with what never changes and ends with how far it is.

local ARGS_BYTES = 4000
local SAID_BYTES = 500 -- of a reason, or an answer

local HEAD = '^{"id":"([^"]*)","c":(%d+),"t":(%d+),"until":(%d+),"kind":"([^"]*)"'
-- The last state that stands there: nothing after it can look like one, for quotation marks in texts are escaped.
local TAIL = '^(.*),"state":"(%l+)","at":(%d+)(.*)}$'

-- A command as it was stored; nil where this is none. `fixed`: the text up to its state; `answer`: as JSON.
local function read_command(text)
  if not text then return nil end
  local id, c, t, ends, kind = match(text, HEAD)
  local fixed, state, at, rest = match(text, TAIL)
  if not id or not fixed or not find(fixed, ',"args":{', 1, true) then return nil end
  local _, answered = find(rest, ',"answer":', 1, true)
  return { id = id, c = number_of(c), t = number_of(t), ends = number_of(ends), kind = kind, fixed = fixed,
    state = state, at = number_of(at), tries = number_of(match(rest, '^,"tries":(%d+)')) or 0,
    answer = answered and sub(rest, answered + 1) or nil, text = text }
end

local function command_json(command)
  return command.fixed .. ',"state":"' .. command.state .. '","at":' .. format('%d', command.at)
    .. (command.tries > 0 and ',"tries":' .. format('%d', command.tries) or '')
    .. (command.reason and ',"reason":' .. command.reason or '')
    .. (command.answer and ',"answer":' .. command.answer or '') .. '}'
end

-- What a device is given of a command.
local function sent_json(command)
  local args = find(command.fixed, ',"args":{', 1, true)
  return '{"id":"' .. command.id .. '","kind":"' .. command.kind .. '"' .. sub(command.fixed, args)
    .. ',"until":' .. format('%d', command.ends) .. '}'
end

-- What was said of a command, as JSON; nil for nothing. What is too long is cut: whoever said it says no more.
local function said_json(text)
  text = short(text, SAID_BYTES)
  return text ~= '' and text_json(text, SAID_BYTES) or nil
end

local function is_kind(text)
  return text and #text <= 40 and find(text, '^[a-z][a-z0-9_]*$') ~= nil
end

-- What is asked, of a command and of an order, as fields of JSON: kind, who asks, the condition and the arguments. Nil
-- where something is wrong.
local function asked_json(kind, by_id, by_name, condition, args, order)
  local by, values, own = author_json(by_id, by_name), values_json(args, ARGS_BYTES), condition_json(condition)
  if not (is_kind(kind) and by and values and values ~= '' and own) then return nil end
  return ',"kind":"' .. kind .. '"' .. (order and order ~= '' and ',"order":"' .. order .. '"' or '') .. ',"by":' .. by
    .. (own ~= '' and ',"if":' .. own or '') .. ',"args":' .. values
end
