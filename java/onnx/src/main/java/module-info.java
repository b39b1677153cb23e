/** Import of ONNX files as ordinary networks, and export of networks as ONNX files. */
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
