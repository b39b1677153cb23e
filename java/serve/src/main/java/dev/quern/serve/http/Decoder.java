package dev.quern.serve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/**
 * An HTTP decoder that decodes one request at a time. Pipelined data remain bytes, of which at most
 * one read is buffered.
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

  /** Keeps both headers, since it is ambiguous which one applies; the request is refused. */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {}

  /**
   * Pauses after a complete request. Reading continues while no further request is buffered, so
   * that a disconnect is noticed.
   */
  void pause() {
    paused = true;
    context.channel().config().setAutoRead(actualReadableBytes() == 0);
  }

  /** Continues with the next request. */
  void resume() throws Exception {
    paused = false;
    channelRead(context, Unpooled.EMPTY_BUFFER);
    if (!paused) {
      context.channel().config().setAutoRead(true);
    }
  }
}
