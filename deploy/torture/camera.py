"""A camera: `camera.py PORT WIDTH HEIGHT RATE [USER:PASSWORD]`, noise at /live, one picture for ever at /still, as Motion JPEG over RTSP."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

port, width, height, rate, *credentials = sys.argv[1:]
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)
for path, pattern in (("/live", "snow"), ("/still", "smpte100")):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( videotestsrc is-live=true pattern={pattern} ! video/x-raw,format=I420,width={width},height={height},"
        f"framerate={rate}/1 ! jpegenc ! rtpjpegpay name=pay0 )")
    factory.set_shared(True)
    if credentials:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("user", "media.factory.access", True)
        permissions.add_permission_for_role("user", "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory(path, factory)
if credentials:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*credentials[0].split(":")), token)
    server.set_auth(auth)
if server.attach(None) == 0:
    sys.exit("camera: the port is taken")
GLib.MainLoop().run()
