package dev.quern.serve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/**
 * Makes one request at a time of what a client sends. What it sends in advance stays bytes, of
 * which no more than one read are held.
 */
final class Decoder extends HttpRequestDecoder {
  private final Runnable begin;
  private ChannelHandlerContext context;
  private boolean paused;

  /**
   * @param begin is told before bytes are decoded
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

  /** Nobody can know which of the two counts, so both stay, and the request is refused. */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {}

  /** A request is whole: the next one waits. It reads on while there is none, to see an end. */
  void pause() {
    paused = true;
    context.channel().config().setAutoRead(actualReadableBytes() == 0);
  }

  /** Takes the next request. */
  void resume() throws Exception {
    paused = false;
    channelRead(context, Unpooled.EMPTY_BUFFER);
    if (!paused) {
      context.channel().config().setAutoRead(true);
    }
  }
}
