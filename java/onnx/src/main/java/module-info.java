/** ONNX: networks that others trained, read into Quern's layers, and Quern's networks written. */
module dev.quern.onnx {
  requires transitive dev.quern;
  requires dev.quern.io;
  requires com.fasterxml.jackson.databind;
  requires com.google.protobuf;
  requires static org.jspecify;

  exports dev.quern.onnx;

  provides dev.quern.predict.ModelReader with
      dev.quern.onnx.provider.OnnxModels;
  provides dev.quern.predict.ModelWriter with
      dev.quern.onnx.provider.OnnxModels;
}
