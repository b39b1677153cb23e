package dev.quern.peers;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/** A network as operations of a TensorFlow graph, channels last. */
final class TensorFlowLayers implements Translation<Operand<TFloat32>> {
  private final Ops tf;
  private final boolean train;
  private final Random random = new Random(1);
  private final List<Operand<TFloat32>> parameters = new ArrayList<>();
  private final List<Op> initializers = new ArrayList<>();
  private final List<Op> updates = new ArrayList<>();

  /**
   * @param train whether weights are variables
   */
  TensorFlowLayers(Ops tf, boolean train) {
    this.tf = tf;
    this.train = train;
  }

  List<Operand<TFloat32>> parameters() {
    return parameters;
  }

  /** To be run once. */
  List<Op> initializers() {
    return initializers;
  }

  /** To be run in every training step: the moving of running means and variances. */
  List<Op> updates() {
    return updates;
  }

  /** A variable of zeros that is not a parameter. */
  Operand<TFloat32> zeros(Shape shape) {
    return tensor(shape, new float[Math.toIntExact(shape.size())]);
  }

  @Override
  public Operand<TFloat32> conv2d(Place<Operand<TFloat32>> at, Conv2d conv) {
    Size k = conv.kernel();
    Size s = conv.stride();
    // with a stride, TensorFlow's SAME would pad on one side only
    boolean same =
        s.equals(Size.of(1)) && conv.padding().equals(new Size(k.height() / 2, k.width() / 2));
    Operand<TFloat32> x = same ? at.value() : pad(at.value(), conv.padding());
    String padding = same ? "SAME" : "VALID";
    List<Long> strides = List.of(1L, (long) s.height(), (long) s.width(), 1L);
    int in = at.channelsIn();
    int out = conv.outChannels();
    Operand<TFloat32> y;
    if (conv.groups() == 1) {
      Shape shape = Shape.of(k.height(), k.width(), in, out);
      y = tf.nn.conv2d(x, weight(shape, k.height() * k.width() * in), strides, padding);
    } else if (conv.groups() == in && out == in) {
      Shape shape = Shape.of(k.height(), k.width(), in, 1);
      Operand<TFloat32> w = weight(shape, k.height() * k.width());
      y = tf.nn.depthwiseConv2dNative(x, w, strides, padding);
    } else {
      throw new UnsupportedOperationException("layer " + at.name() + " has groups: " + conv);
    }
    return conv.bias() ? tf.nn.biasAdd(y, parameter(out, 0)) : y;
  }

  @Override
  public Operand<TFloat32> batchNorm2d(Place<Operand<TFloat32>> at, BatchNorm2d norm) {
    int channels = at.channelsIn();
    Operand<TFloat32> scale = parameter(channels, 1);
    Operand<TFloat32> offset = parameter(channels, 0);
    Operand<TFloat32> mean = constant(channels, 0);
    Operand<TFloat32> variance = constant(channels, 1);
    FusedBatchNorm<TFloat32, TFloat32> y =
        tf.nn.fusedBatchNorm(
            at.value(),
            scale,
            offset,
            mean,
            variance,
            FusedBatchNorm.epsilon(norm.eps()),
            FusedBatchNorm.isTraining(train),
            FusedBatchNorm.exponentialAvgFactor(train ? norm.momentum() : 1f));
    if (train) {
      updates.add(tf.assign(mean, y.batchMean()));
      updates.add(tf.assign(variance, y.batchVariance()));
    }
    return y.y();
  }

  @Override
  public Operand<TFloat32> relu(Place<Operand<TFloat32>> at) {
    return tf.nn.relu(at.value());
  }

  /** Zeros for padding are right behind a ReLU only, which is where it occurs. */
  @Override
  public Operand<TFloat32> maxPool2d(Place<Operand<TFloat32>> at, MaxPool2d pool) {
    Size k = pool.kernel();
    Size s = pool.stride();
    return tf.nn.maxPool(
        pad(at.value(), pool.padding()),
        tf.constant(new int[] {1, k.height(), k.width(), 1}),
        tf.constant(new int[] {1, s.height(), s.width(), 1}),
        "VALID");
  }

  @Override
  public Operand<TFloat32> globalMean(Place<Operand<TFloat32>> at) {
    return tf.math.mean(at.value(), tf.constant(new int[] {1, 2}));
  }

  /** Not in Quern's order of features, which matters to loaded weights but not to speed. */
  @Override
  public Operand<TFloat32> flatten(Place<Operand<TFloat32>> at) {
    return tf.reshape(at.value(), tf.constant(new int[] {-1, at.channelsOut()}));
  }

  @Override
  public Operand<TFloat32> linear(Place<Operand<TFloat32>> at, Linear linear) {
    int in = at.channelsIn();
    int out = linear.outFeatures();
    return tf.nn.biasAdd(
        tf.linalg.matMul(at.value(), weight(Shape.of(in, out), in)), parameter(out, 0));
  }

  @Override
  public Operand<TFloat32> add(Place<Operand<TFloat32>> at) {
    return tf.math.add(at.value(), at.inputs().get(1));
  }

  private Operand<TFloat32> pad(Operand<TFloat32> x, Size p) {
    if (p.equals(Size.of(0))) {
      return x;
    }
    int[][] sides = {{0, 0}, {p.height(), p.height()}, {p.width(), p.width()}, {0, 0}};
    return tf.pad(x, tf.constant(sides), tf.constant(0f));
  }

  private Operand<TFloat32> weight(Shape shape, int fanIn) {
    float[] values = Workload.gaussians(shape.size(), Math.sqrt(2.0 / fanIn), random);
    return parameter(tensor(shape, values));
  }

  private Operand<TFloat32> parameter(int count, float value) {
    return parameter(constant(count, value));
  }

  private Operand<TFloat32> parameter(Operand<TFloat32> tensor) {
    parameters.add(tensor);
    return tensor;
  }

  private Operand<TFloat32> constant(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return tensor(Shape.of(count), values);
  }

  private Operand<TFloat32> tensor(Shape shape, float[] values) {
    Operand<TFloat32> constant = tf.constant(shape, DataBuffers.of(values));
    if (!train) {
      return constant;
    }
    Operand<TFloat32> variable = tf.variable(shape, TFloat32.class);
    initializers.add(tf.assign(variable, constant));
    return variable;
  }
}
