-- Objects of texts, numbers, true and false: what a feed or a device tells besides.

local ATTRIBUTES_BYTES = 2000

local function attribute_json(value)
  local kind = type(value)
  if kind == 'string' then return cjson.encode(value) end
  if kind == 'number' and value - value == 0 then return json(value) end
  return kind == 'boolean' and tostring(value) or nil
end

-- An object as JSON, written anew, since `cjson` takes more than JSON has; nil where it is no object of texts, numbers,
-- true and false, or has more than so many bytes.
local function values_json(text, most)
  if text == '' then return '' end
  if not text or #text > most or not is_text(text) or not find(text, '^%s*{') then return nil end
  local ok, told = pcall(cjson.decode, text)
  if not ok then return nil end
  local fields = {}
  for name, value in pairs(told) do
    local encoded = attribute_json(value)
    if not encoded then return nil end
    fields[#fields + 1] = cjson.encode(name) .. ':' .. encoded
  end
  table.sort(fields)
  return '{' .. join(fields, ',') .. '}'
end
