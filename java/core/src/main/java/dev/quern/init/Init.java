package dev.quern.init;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Philox;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.function.IntToDoubleFunction;

/**
 * Initializer of a weight, as in PyTorch's torch.nn.init. Random values depend on the run's seed.
 *
 * <pre>{@code
 * Trainer.builder(Networks.resnet18(input, 10))
 *     .initialize("*.conv.weight", Init.kaimingNormal(0, FanMode.FAN_OUT, Nonlinearity.RELU))
 *     .initialize("*.2.bn.weight", Init.constant(0)) // each block starts as its shortcut
 * }</pre>
 */
public sealed interface Init
    permits Init.Kaiming,
        Init.Xavier,
        Init.Normal,
        Init.Uniform,
        Init.Constant,
        Init.Dirac,
        CustomInit {
  /**
   * Returns the initial values, in row-major order, of the tensor with index {@code part} in a run.
   *
   * @param shape OIHW for convolutions, [out, in] for linear layers
   * @throws ShapeException if the initializer does not support this shape
   */
  float[] values(Shape shape, long seed, int part);

  /**
   * Returns {@link #kaimingUniform(double, FanMode, Nonlinearity)} with PyTorch's defaults: fan in
   * and gain √2.
   */
  static Init kaimingUniform() {
    return kaimingUniform(0, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
  }

  /**
   * Returns Kaiming initialization with a uniform distribution in ±√3 * gain / √fan. He et al.,
   * "Delving Deep into Rectifiers", 2015.
   *
   * @param a negative slope of leaky ReLU; ignored for other nonlinearities
   */
  static Init kaimingUniform(double a, FanMode mode, Nonlinearity nonlinearity) {
    return new Kaiming(Distribution.UNIFORM, a, mode, nonlinearity);
  }

  /**
   * Returns {@link #kaimingNormal(double, FanMode, Nonlinearity)} with PyTorch's defaults: fan in
   * and gain √2.
   */
  static Init kaimingNormal() {
    return kaimingNormal(0, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
  }

  /**
   * Returns Kaiming initialization with a normal distribution of standard deviation gain / √fan. He
   * et al., 2015.
   *
   * @param a negative slope of leaky ReLU; ignored for other nonlinearities
   */
  static Init kaimingNormal(double a, FanMode mode, Nonlinearity nonlinearity) {
    return new Kaiming(Distribution.NORMAL, a, mode, nonlinearity);
  }

  /**
   * Returns Xavier initialization with a uniform distribution in ±gain * √(6 / (fan in + fan out)).
   * Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
   * 2010.
   *
   * @param gain scale of the distribution: 1 in PyTorch by default, or a result of {@link
   *     Nonlinearity#gain}
   */
  static Init xavierUniform(double gain) {
    return new Xavier(Distribution.UNIFORM, gain);
  }

  /**
   * Returns Xavier initialization with a normal distribution of standard deviation gain * √(2 /
   * (fan in + fan out)). Glorot and Bengio, 2010.
   */
  static Init xavierNormal(double gain) {
    return new Xavier(Distribution.NORMAL, gain);
  }

  static Init normal(double mean, double std) {
    return new Normal(mean, std);
  }

  static Init uniform(double low, double high) {
    return new Uniform(low, high);
  }

  static Init constant(float value) {
    return new Constant(value);
  }

  /** Returns {@link #dirac(int)} with one group. */
  static Init dirac() {
    return dirac(1);
  }

  /**
   * Returns an initializer that makes a convolution the identity for as many channels as possible.
   * In each group, the filter from input channel i to output channel i is 1 in the middle; all
   * other weights are 0. The tensor must have 3 to 5 dimensions, and its first dimension must be a
   * multiple of {@code groups}.
   */
  static Init dirac(int groups) {
    return new Dirac(groups);
  }

  /**
   * The initializer of {@link #kaimingNormal(double, FanMode, Nonlinearity)} and {@link
   * #kaimingUniform(double, FanMode, Nonlinearity)}.
   */
  record Kaiming(Distribution distribution, double a, FanMode mode, Nonlinearity nonlinearity)
      implements Init {
    public Kaiming {
      Require.present("initialize", "distribution", distribution);
      finite("negative slope", a);
      Require.present("initialize", "fan mode", mode);
      Require.present("initialize", "nonlinearity", nonlinearity);
    }

    @Override
    public float[] values(Shape shape, long seed, int part) {
      double std = nonlinearity.gain(a) / Math.sqrt(mode.of(shape));
      return distribution.of(std).values(shape, seed, part);
    }
  }

  /** The initializer of {@link #xavierUniform} and {@link #xavierNormal}. */
  record Xavier(Distribution distribution, double gain) implements Init {
    public Xavier {
      Require.present("initialize", "distribution", distribution);
      notNegative("gain", gain);
    }

    @Override
    public float[] values(Shape shape, long seed, int part) {
      double fans = FanMode.FAN_IN.of(shape) + FanMode.FAN_OUT.of(shape);
      return distribution.of(gain * Math.sqrt(2 / fans)).values(shape, seed, part);
    }
  }

  /** The initializer of {@link #normal}. */
  record Normal(double mean, double std) implements Init {
    public Normal {
      finite("mean", mean);
      notNegative("standard deviation", std);
    }

    @Override
    public float[] values(Shape shape, long seed, int part) {
      return filled(
          shape, i -> mean + std * Philox.normal(seed, Philox.Stream.INITIALIZE, part, i));
    }
  }

  /** The initializer of {@link #uniform}. */
  record Uniform(double low, double high) implements Init {
    public Uniform {
      finite("lower bound", low);
      finite("upper bound", high);
      if (low > high) {
        throw new InvalidArgumentException(
            "initialize: lower bound " + low + " is above upper bound " + high);
      }
    }

    @Override
    public float[] values(Shape shape, long seed, int part) {
      return filled(
          shape, i -> low + (high - low) * Philox.uniform(seed, Philox.Stream.INITIALIZE, part, i));
    }
  }

  /** The initializer of {@link #constant}. */
  record Constant(float value) implements Init {
    public Constant {
      finite("constant", value);
    }

    @Override
    public float[] values(Shape shape, long seed, int part) {
      return filled(shape, i -> value);
    }
  }

  /** The initializer of {@link #dirac(int)}. */
  record Dirac(int groups) implements Init {
    public Dirac {
      if (groups < 1) {
        throw new InvalidArgumentException(
            "initialize: groups " + groups + " of dirac must be at least 1");
      }
    }

    @Override
    public float[] values(Shape shape, long seed, int part) {
      Require.present("initialize", "shape", shape);
      if (shape.rank() < 3 || shape.rank() > 5 || shape.dim(0) % groups != 0) {
        throw new ShapeException(
            "initialize: dirac with groups "
                + groups
                + " requires 3 to 5 dimensions, the first a multiple of groups, but the shape is "
                + shape);
      }
      float[] v = filled(shape, i -> 0);
      if (v.length == 0) {
        return v;
      }
      Shape filter = shape.sample().sample();
      int middle = 0;
      for (int axis = 0; axis < filter.rank(); axis++) {
        middle = Math.toIntExact(middle * filter.dim(axis) + filter.dim(axis) / 2);
      }
      long outputs = shape.dim(0) / groups;
      for (int g = 0; g < groups; g++) {
        for (long i = 0; i < Math.min(outputs, shape.dim(1)); i++) {
          long row = (g * outputs + i) * shape.dim(1) + i;
          v[Math.toIntExact(row * filter.elements() + middle)] = 1;
        }
      }
      return v;
    }
  }

  private static float[] filled(Shape shape, IntToDoubleFunction value) {
    float[] v = Heap.floats("initialize", Require.present("initialize", "shape", shape).elements());
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) value.applyAsDouble(i);
    }
    return v;
  }

  private static void finite(String what, double value) {
    if (!Double.isFinite(value)) {
      throw new InvalidArgumentException("initialize: " + what + " " + value + " is not finite");
    }
  }

  private static void notNegative(String what, double value) {
    finite(what, value);
    if (value < 0) {
      throw new InvalidArgumentException(
          "initialize: " + what + " " + value + " must be at least 0");
    }
  }
}
