-- wrk -s post.lua URL -- BYTES: every request is a POST of that many bytes.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/octet-stream"

function init(args)
  wrk.body = string.rep("x", tonumber(args[1]))
end
