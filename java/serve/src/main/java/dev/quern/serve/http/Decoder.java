package dev.quern.serve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/**
 * An HTTP decoder that decodes one request at a time. Pipelined data remain undecoded bytes, at
 * most as many as one read returns.
 */
final class Decoder extends HttpRequestDecoder {
  private final Runnable begin;
  private ChannelHandlerContext context;
  private boolean paused;

  /**
   * Creates the decoder.
   *
   * @param begin called before bytes are decoded
   */
  Decoder(Runnable begin) {
    this.begin = begin;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext c) {
    context = c;
  }

  @Override
  protected void decode(ChannelHandlerContext c, ByteBuf in, List<Object> out) throws Exception {
    if (paused) {
      c.channel().config().setAutoRead(false);
      return;
    }
    begin.run();
    super.decode(c, in, out);
  }

  /**
   * Keeps both headers, Transfer-Encoding and Content-Length: the length of the body is ambiguous,
   * so the request is rejected later.
   */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {}

  /**
   * Pauses decoding after a complete request. Reading continues, to notice a disconnect, until
   * bytes of a further request are buffered.
   */
  void pause() {
    paused = true;
    context.channel().config().setAutoRead(actualReadableBytes() == 0);
  }

  /** Resumes decoding with the next request. */
  void resume() throws Exception {
    paused = false;
    channelRead(context, Unpooled.EMPTY_BUFFER);
    if (!paused) {
      context.channel().config().setAutoRead(true);
    }
  }
}
