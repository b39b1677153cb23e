/** The facade: tensors, networks, training and prediction. */
@SuppressWarnings("module") // modules that are built later use the same bar and names
module dev.quern {
  requires dev.quern.bindings;
  requires org.bytedeco.javacpp;
  requires java.management;
  requires jdk.management;
  requires static org.jspecify;

  exports dev.quern.augment;
  exports dev.quern.console to
      dev.quern.cli;
  exports dev.quern.data;
  exports dev.quern.dense;
  exports dev.quern.detect;
  exports dev.quern.diagnostics;
  exports dev.quern.eager;
  exports dev.quern.engine;
  exports dev.quern.error;
  exports dev.quern.explain;
  exports dev.quern.init;
  exports dev.quern.internal to
      dev.quern.onnx;
  exports dev.quern.internal.arguments to
      dev.quern.embed,
      dev.quern.io,
      dev.quern.micrometer,
      dev.quern.ocr,
      dev.quern.onnx,
      dev.quern.report,
      dev.quern.serve;
  exports dev.quern.internal.messages to
      dev.quern.cli,
      dev.quern.io;
  exports dev.quern.layer;
  exports dev.quern.layer.activation;
  exports dev.quern.layer.math;
  exports dev.quern.layer.recurrent;
  exports dev.quern.layer.shape;
  exports dev.quern.layer.volume;
  exports dev.quern.loss;
  exports dev.quern.metric;
  exports dev.quern.network;
  exports dev.quern.optim;
  exports dev.quern.plan.loss to
      dev.quern.cli;
  exports dev.quern.pose;
  exports dev.quern.predict;
  exports dev.quern.profile;
  exports dev.quern.quantize;
  exports dev.quern.recipe;
  exports dev.quern.tensor;
  exports dev.quern.train;

  uses dev.quern.data.ImageReader;
  uses dev.quern.plan.build.LayerTable;
  uses dev.quern.predict.ModelReader;
  uses dev.quern.predict.ModelWriter;

  provides dev.quern.plan.build.LayerTable with
      dev.quern.plan.operation.Operators;
}
