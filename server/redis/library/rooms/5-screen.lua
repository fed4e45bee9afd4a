-- Screens: what people show to those who follow them.

local PLACE_BYTES = 2000
local SHOWN_SECONDS = 86400 -- a screen that nobody moved for a day is forgotten

-- Takes the place; none where they show nothing.
register('wf1_show', WRITES, function(keys, args)
  local screen = topic_of('v', keys, 1, 1)
  if not screen then return bad_key(keys) end
  local place = text_json(args[1], PLACE_BYTES)
  if args[1] and not place then return wrong('a place of at most ' .. PLACE_BYTES .. ' bytes') end
  open(screen)
  local shown = place and '{"t":' .. format('%d', screen.now) .. ',"place":' .. place .. '}' or 'null'
  publish(screen, '"screen":' .. shown, 'screen', shown)
  call('EXPIRE', keys[1], SHOWN_SECONDS)
  close(screen)
  return screen.seq
end)

register('wf1_read_screen', READS, function(keys, args)
  if #keys < 1 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq', 'screen')
  return since(h, args, nil, function() return '{"screen":' .. (h[3] or 'null') .. '}' end)
end)
