/** Model serving over HTTP and from Java. */
@SuppressWarnings("module") // the exported-to module quern-report is built later
module dev.quern.serve {
  requires transitive dev.quern;
  requires com.fasterxml.jackson.core;
  requires dev.quern.io;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.prometheus.metrics.core;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires java.management;
  requires jdk.management;
  requires static org.jspecify;

  exports dev.quern.serve;
  exports dev.quern.serve.http to
      dev.quern.report;
}
