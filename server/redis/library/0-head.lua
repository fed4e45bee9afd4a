#!lua name=watchfloor1
-- The function library by which feeds write topics and nodes read them (Redis 7.0 and later). Joined by library.ts from
-- the files of this folder, in the order of their names. `@PUBLISH` and `@REVISION` are put in there.

redis.register_function{ function_name = 'wf1_revision', flags = { 'no-writes' }, callback = function()
  return @REVISION
end }
