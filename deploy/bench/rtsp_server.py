"""Serve a video file once per client over RTSP, paced by its own clock: `rtsp_server.py PORT CLIP` (H.264 in MP4)."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f'( filesrc location="{sys.argv[2]}" ! qtdemux ! h264parse ! rtph264pay name=pay0 config-interval=1 )')
server.get_mount_points().add_factory("/live", factory)
if server.attach(None) == 0:
    sys.exit("rtsp_server: the port is taken")
GLib.MainLoop().run()
