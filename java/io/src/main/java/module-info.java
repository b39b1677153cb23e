/**
 * Reading and writing of models, network descriptions and data sets, and the download of published
 * data sets and pretrained networks.
 */
@SuppressWarnings(
    "module") // ONNX and reports, which are built later, write their files the same way
module dev.quern.io {
  requires transitive dev.quern;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires java.net.http;
  requires java.xml;
  requires org.apache.commons.compress;
  requires org.apache.commons.csv;
  requires static org.jspecify;

  exports dev.quern.io;
  exports dev.quern.io.dataset;
  exports dev.quern.io.pretrained;
  exports dev.quern.io.file to
      dev.quern.cli,
      dev.quern.ocr,
      dev.quern.onnx,
      dev.quern.report,
      dev.quern.serve;
  exports dev.quern.io.json to
      dev.quern.onnx,
      dev.quern.cli,
      dev.quern.report,
      dev.quern.serve;

  provides dev.quern.predict.ModelReader with
      dev.quern.io.provider.SafetensorsModels;
  provides dev.quern.predict.ModelWriter with
      dev.quern.io.provider.SafetensorsModels;
}
