/**
 * Files that Quern reads and writes: models, network descriptions, published data sets and their
 * download.
 */
module dev.quern.io {
  requires transitive dev.quern;
  requires com.fasterxml.jackson.databind;
  requires java.net.http;
  requires org.apache.commons.compress;
  requires static org.jspecify;

  exports dev.quern.io;

  provides dev.quern.predict.ModelReader with
      dev.quern.io.provider.SafetensorsModelReader;
}
