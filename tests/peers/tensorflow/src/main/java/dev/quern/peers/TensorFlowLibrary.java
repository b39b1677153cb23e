package dev.quern.peers;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * TensorFlow Java in graph mode with channels last and oneDNN, its defaults on a CPU: training with
 * variables, inference with constants, which lets its optimizer fold batch normalization.
 */
public final class TensorFlowLibrary implements Library {
  private TensorFlowLibrary() {}

  @Override
  public Step prepare(Workload workload, ModelFolder folder, int threads) {
    Graph graph = new Graph();
    Ops tf = Ops.create(graph);
    dev.quern.tensor.Shape image = workload.network().input();
    Shape shape = Shape.of(workload.batch(), image.dim(1), image.dim(2), image.dim(0));
    Placeholder<TFloat32> input = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
    TensorFlowLayers layers = new TensorFlowLayers(tf, workload.train());
    Operand<TFloat32> logits = layers.translate(workload.network(), input);
    TFloat32 images = TFloat32.tensorOf(shape, DataBuffers.of(workload.images()));
    ConfigProto config = // one operator after the other, each on all threads
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(1)
            .build();
    if (workload.train()) {
      return training(workload, graph, tf, layers, config, input, images, logits);
    }
    Session session = new Session(graph, config);
    return () -> {
      session.runner().feed(input, images).fetch(logits).run().close();
      return Double.NaN;
    };
  }

  private static Step training(
      Workload workload,
      Graph graph,
      Ops tf,
      TensorFlowLayers layers,
      ConfigProto config,
      Operand<TFloat32> input,
      TFloat32 images,
      Operand<TFloat32> logits) {
    Shape shape = Shape.of(workload.batch(), workload.classes());
    Placeholder<TFloat32> labels = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
    TFloat32 ones = TFloat32.tensorOf(shape, DataBuffers.of(workload.oneHotLabels()));
    Operand<TFloat32> losses = tf.nn.softmaxCrossEntropyWithLogits(logits, labels).loss();
    Operand<TFloat32> loss = tf.math.mean(losses, tf.constant(new int[] {0}));
    List<Op> updates = new ArrayList<>(layers.updates());
    updates.addAll(descend(tf, layers, loss));
    Session session = new Session(graph, config);
    run(session.runner(), layers.initializers()).run().close();
    return () -> {
      Session.Runner runner = session.runner().feed(input, images).feed(labels, ones);
      try (Result result = run(runner, updates).fetch(loss).run()) {
        return ((TFloat32) result.get(0)).getFloat();
      }
    };
  }

  /** SGD with momentum; no weight changes before every gradient has been computed. */
  private static List<Op> descend(Ops tf, TensorFlowLayers layers, Operand<TFloat32> loss) {
    List<Operand<TFloat32>> parameters = List.copyOf(layers.parameters());
    Gradients gradients = tf.gradients(loss, parameters);
    List<Operation> ready = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      ready.add(gradients.<TFloat32>dy(i).op());
    }
    Ops after = tf.withControlDependencyOps(ready);
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Operand<TFloat32> velocity = layers.zeros(parameters.get(i).shape());
      updates.add(
          after.train.applyMomentum(
              parameters.get(i),
              velocity,
              tf.constant(Workload.LEARNING_RATE),
              gradients.dy(i),
              tf.constant(Workload.MOMENTUM)));
    }
    return updates;
  }

  private static Session.Runner run(Session.Runner runner, List<Op> targets) {
    targets.forEach(runner::addTarget);
    return runner;
  }

  public static void main(String[] args) {
    Program.run(new TensorFlowLibrary(), args);
  }
}
