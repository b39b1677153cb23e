package dev.quern.reference.layer;

import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.reference.NdArray;

/** All steps of one sample in one direction of a recurrent layer, with the values of each step. */
final class RecurrentSteps {
  private final Recurrent layer;
  private final boolean reverse;
  private final NdArray input;
  private final int sample;
  private final Weights w;
  private final int steps;
  private final int features;
  private final int units;

  /** Gates after their functions, by step in the order of the direction. */
  private final double[][] gates;

  /** States before each step and after the last one. */
  private final double[][] h;

  private final double[][] c;

  /** The weights of one direction, or their gradients; biases and states may be null. */
  record Weights(
      NdArray weightIh, NdArray weightHh, NdArray biasIh, NdArray biasHh, NdArray h, NdArray c) {}

  /** Reads a value of a step. */
  interface Values {
    double at(int t, int i);
  }

  /** Adds to a value of a step. */
  interface Sums {
    void add(int t, int i, double value);
  }

  /** Runs the forward pass. */
  RecurrentSteps(Recurrent layer, boolean reverse, NdArray input, int sample, Weights w) {
    this.layer = layer;
    this.reverse = reverse;
    this.input = input;
    this.sample = sample;
    this.w = w;
    steps = input.dim(1);
    features = input.dim(2);
    units = layer.hiddenSize();
    gates = new double[steps][layer.gates() * units];
    h = new double[steps + 1][units];
    c = new double[steps + 1][units];
    for (int i = 0; i < units; i++) {
      h[0][i] = w.h == null ? 0 : w.h.get(i);
      c[0][i] = w.c == null ? 0 : w.c.get(i);
    }
    for (int s = 0; s < steps; s++) {
      forward(s);
    }
  }

  private int time(int s) {
    return reverse ? steps - 1 - s : s;
  }

  double out(int t, int i) {
    boolean cell = layer instanceof Lstm lstm && lstm.cellState();
    return (cell ? c : h)[time(t) + 1][i];
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Returns a gate's linear function of the input. */
  private double ofInput(int s, int gate) {
    double sum = w.biasIh == null ? 0 : w.biasIh.get(gate);
    for (int i = 0; i < features; i++) {
      sum += w.weightIh.at(gate, i) * input.at(sample, time(s), i);
    }
    return sum;
  }

  /** Returns a gate's linear function of a state. */
  private double ofState(double[] state, int gate) {
    double sum = w.biasHh == null ? 0 : w.biasHh.get(gate);
    for (int i = 0; i < units; i++) {
      sum += w.weightHh.at(gate, i) * state[i];
    }
    return sum;
  }

  private double sum(int s, int gate) {
    return ofInput(s, gate) + ofState(h[s], gate);
  }

  /** Returns the states that a GRU's reset gate leaves. */
  private double[] reset(int s) {
    double[] left = new double[units];
    for (int i = 0; i < units; i++) {
      left[i] = gates[s][i] * h[s][i];
    }
    return left;
  }

  private void forward(int s) {
    double[] g = gates[s];
    if (layer instanceof Lstm) {
      for (int i = 0; i < units; i++) {
        for (int gate = 0; gate < 4; gate++) {
          double x = sum(s, gate * units + i);
          g[gate * units + i] = gate == 2 ? Math.tanh(x) : sigmoid(x);
        }
        c[s + 1][i] = g[units + i] * c[s][i] + g[i] * g[2 * units + i];
        h[s + 1][i] = g[3 * units + i] * Math.tanh(c[s + 1][i]);
      }
    } else if (layer instanceof Gru gru) {
      for (int i = 0; i < 2 * units; i++) {
        g[i] = sigmoid(sum(s, i));
      }
      double[] left = reset(s);
      for (int i = 0; i < units; i++) {
        int n = 2 * units + i;
        double state = gru.linearBeforeReset() ? g[i] * ofState(h[s], n) : ofState(left, n);
        g[n] = Math.tanh(ofInput(s, n) + state);
        h[s + 1][i] = (1 - g[units + i]) * g[n] + g[units + i] * h[s][i];
      }
    } else {
      boolean relu = ((Rnn) layer).nonlinearity() == Rnn.Nonlinearity.RELU;
      for (int i = 0; i < units; i++) {
        g[i] = relu ? Math.max(0, sum(s, i)) : Math.tanh(sum(s, i));
        h[s + 1][i] = g[i];
      }
    }
  }

  /** The gradients of one step. */
  private final class Step {
    final int s;
    final double[] dh;
    final double[] dc;
    final double[] before = new double[units];
    final double[] cellBefore = new double[units];
    final Sums gradInput;
    final Weights gradients;

    Step(int s, double[] dh, double[] dc, Sums gradInput, Weights gradients) {
      this.s = s;
      this.dh = dh;
      this.dc = dc;
      this.gradInput = gradInput;
      this.gradients = gradients;
    }

    /** Propagates the gradient of a gate's function of the input. */
    void toInput(int gate, double d) {
      for (int i = 0; i < features; i++) {
        gradInput.add(time(s), i, d * w.weightIh.at(gate, i));
        add(gradients.weightIh, gate * features + i, d * input.at(sample, time(s), i));
      }
      add(gradients.biasIh, gate, d);
    }

    /** Propagates the gradient of a gate's function of a state. */
    void toState(int gate, double d, double[] state, double[] gradState) {
      for (int i = 0; i < units; i++) {
        gradState[i] += d * w.weightHh.at(gate, i);
        add(gradients.weightHh, gate * units + i, d * state[i]);
      }
      add(gradients.biasHh, gate, d);
    }

    void toBoth(int gate, double d) {
      toInput(gate, d);
      toState(gate, d, h[s], before);
    }

    void lstm() {
      double[] g = gates[s];
      for (int i = 0; i < units; i++) {
        double in = g[i];
        double forget = g[units + i];
        double cell = g[2 * units + i];
        double out = g[3 * units + i];
        double tanh = Math.tanh(c[s + 1][i]);
        double d = dc[i] + dh[i] * out * (1 - tanh * tanh);
        toBoth(i, d * cell * in * (1 - in));
        toBoth(units + i, d * c[s][i] * forget * (1 - forget));
        toBoth(2 * units + i, d * in * (1 - cell * cell));
        toBoth(3 * units + i, dh[i] * tanh * out * (1 - out));
        cellBefore[i] = d * forget;
      }
    }

    void gru(boolean linearBeforeReset) {
      double[] g = gates[s];
      double[] left = reset(s);
      double[] gradLeft = new double[units];
      for (int i = 0; i < units; i++) {
        double z = g[units + i];
        double n = g[2 * units + i];
        toBoth(units + i, dh[i] * (h[s][i] - n) * z * (1 - z));
        before[i] += dh[i] * z;
        double d = dh[i] * (1 - z) * (1 - n * n);
        toInput(2 * units + i, d);
        if (linearBeforeReset) {
          double r = g[i];
          toState(2 * units + i, d * r, h[s], before);
          toBoth(i, d * ofState(h[s], 2 * units + i) * r * (1 - r));
        } else {
          toState(2 * units + i, d, left, gradLeft);
        }
      }
      for (int i = 0; i < units && !linearBeforeReset; i++) {
        before[i] += gradLeft[i] * g[i];
        toBoth(i, gradLeft[i] * h[s][i] * g[i] * (1 - g[i]));
      }
    }

    void rnn(boolean relu) {
      for (int i = 0; i < units; i++) {
        double y = gates[s][i];
        toBoth(i, relu ? (y > 0 ? dh[i] : 0) : dh[i] * (1 - y * y));
      }
    }
  }

  private static void add(NdArray to, int at, double value) {
    if (to != null) {
      to.add(at, value);
    }
  }

  /**
   * Runs the backward pass through time.
   *
   * @param gradOutput gradient of the output
   * @param gradInput receives the gradient of the input
   * @param gradients receive the gradients of the weights
   */
  void backward(Values gradOutput, Sums gradInput, Weights gradients) {
    double[] dh = new double[units];
    double[] dc = new double[units];
    for (int s = steps - 1; s >= 0; s--) {
      for (int i = 0; i < units; i++) {
        boolean cell = layer instanceof Lstm lstm && lstm.cellState();
        (cell ? dc : dh)[i] += gradOutput.at(time(s), i);
      }
      Step step = new Step(s, dh, dc, gradInput, gradients);
      if (layer instanceof Lstm) {
        step.lstm();
      } else if (layer instanceof Gru gru) {
        step.gru(gru.linearBeforeReset());
      } else {
        step.rnn(((Rnn) layer).nonlinearity() == Rnn.Nonlinearity.RELU);
      }
      dh = step.before;
      dc = step.cellBefore;
    }
    for (int i = 0; i < units; i++) {
      add(gradients.h, i, dh[i]);
      add(gradients.c, i, dc[i]);
    }
  }
}
