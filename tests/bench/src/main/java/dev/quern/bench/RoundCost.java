package dev.quern.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cost of a round of replicas, fitted to rounds that were measured, and foretold for more machines.
 *
 * <pre>
 * seconds of a round = job + task W + (part + step H) R + byte B W     W replicas, H steps, B bytes of a replica, both ways
 * </pre>
 *
 * R, replicas that share a core, is 1 where each has its own. Job and task are Spark's own, from
 * jobs without work, of network "none"; a part is what a replica does once a round. The driver
 * packs and adds what up to 8 replicas bring; for more of them, groups of the root of W do so at
 * once, and the driver for as many groups, by a second job. There a network stands between: the
 * same bytes again, by its rate. Weights reach W machines in log2(W + 1) turns.
 *
 * <p>RoundCost ROUNDS.csv lines network,executors,cores,steps,bytes,seconds, as SparkBench prints
 * them
 */
class RoundCost {
  private static final double GIGABIT = 1e9 / 8;
  private static final int FEW = 8;

  private record Measured(
      String network, int workers, int cores, int steps, double bytes, double seconds) {
    static Measured of(String line) {
      String[] f = line.split(",");
      return new Measured(
          f[0],
          Integer.parseInt(f[1]),
          Integer.parseInt(f[2]),
          Integer.parseInt(f[3]),
          Double.parseDouble(f[4]),
          Double.parseDouble(f[5]));
    }

    double sharing() {
      return Math.max(1, (double) workers / cores);
    }
  }

  private static final String NONE = "none";

  /**
   * Seconds of a job, of a task, of a replica's part, and of a byte that is packed, moved within a
   * machine and added.
   */
  private record Costs(
      double job, double task, double part, double second, List<String> networks, double[] step) {
    double step(String network) {
      return step[networks.indexOf(network)];
    }

    double fitted(Measured m) {
      double ours =
          m.network.equals(NONE) ? 0 : part * m.sharing() + step(m.network) * m.steps * m.sharing();
      return job + task * m.workers + second * m.bytes * m.workers + ours;
    }
  }

  public static void main(String[] args) throws IOException {
    List<Measured> all = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      if (!line.isBlank() && !line.startsWith("network")) {
        all.add(Measured.of(line));
      }
    }
    Costs costs = fit(all);
    System.out.printf(
        Locale.ROOT,
        "a job %.1f ms, a task %.2f ms, a replica's part %.1f ms, a MB %.2f ms%n%n",
        1e3 * costs.job,
        1e3 * costs.task,
        1e3 * costs.part,
        1e9 * costs.second);
    System.out.println(
        "| network | executors | steps | measured, ms | model, ms |\n|---|--:|--:|--:|--:|");
    for (Measured m : all) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %d | %.1f | %.1f |%n",
          m.network,
          m.workers,
          m.steps,
          1e3 * m.seconds,
          1e3 * costs.fitted(m));
    }
    // weights, seconds of a step of 32 images on one core of its own: of resnet20 fitted,
    // resnet18's 7.9 of them, as in training here
    double small = costs.step("resnet20");
    sizes(costs, "resnet20", 272_474, small);
    sizes(costs, "resnet18", 11_173_962, 7.9 * small);
  }

  /** Least squares of relative errors. */
  private static Costs fit(List<Measured> all) {
    List<String> networks =
        all.stream().map(Measured::network).distinct().filter(name -> !name.equals(NONE)).toList();
    int n = 4 + networks.size();
    double[][] normal = new double[n][n + 1];
    for (Measured m : all) {
      double[] row = new double[n];
      row[0] = 1;
      row[1] = m.workers;
      row[2] = m.bytes * m.workers;
      if (!m.network.equals(NONE)) {
        row[3] = m.sharing();
        row[4 + networks.indexOf(m.network)] = m.steps * m.sharing();
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          normal[i][j] += row[i] * row[j] / (m.seconds * m.seconds);
        }
        normal[i][n] += row[i] / m.seconds;
      }
    }
    double[] x = solved(normal);
    double[] step = new double[networks.size()];
    System.arraycopy(x, 4, step, 0, step.length);
    return new Costs(x[0], x[1], x[3], x[2], networks, step);
  }

  /** Gauss and Jordan. */
  private static double[] solved(double[][] a) {
    int n = a.length;
    for (int i = 0; i < n; i++) {
      int best = i;
      for (int r = i; r < n; r++) {
        best = Math.abs(a[r][i]) > Math.abs(a[best][i]) ? r : best;
      }
      double[] pivot = a[best];
      a[best] = a[i];
      a[i] = pivot;
      for (int r = 0; r < n; r++) {
        double by = r == i ? 0 : a[r][i] / pivot[i];
        for (int c = 0; c <= n && by != 0; c++) {
          a[r][c] -= by * pivot[c];
        }
      }
    }
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = a[i][n] / a[i][i];
    }
    return x;
  }

  private static void sizes(Costs costs, String name, double weights, double step) {
    System.out.printf(
        Locale.ROOT,
        "%n%s, adamw, 32 images a step of each replica, a step %.0f ms; images/s, and of what %s%n%n",
        name,
        1e3 * step,
        "as many single machines do");
    System.out.println(
        "| replicas | gigabit/s | 1 step | 4 | 16 | 64 | 256 |\n|--:|--:|--:|--:|--:|--:|--:|");
    for (int gigabits : new int[] {1, 10}) {
      for (int workers : new int[] {2, 4, 8, 32, 128, 512, 1000}) {
        StringBuilder line = new StringBuilder("| " + workers + " | " + gigabits + " |");
        for (int steps : new int[] {1, 4, 16, 64, 256}) {
          double seconds = round(costs, weights, step, workers, steps, gigabits * GIGABIT);
          line.append(
              String.format(
                  Locale.ROOT,
                  " %.0f, %.2f |",
                  32.0 * workers * steps / seconds,
                  step * steps / seconds));
        }
        System.out.println(line);
      }
    }
  }

  /** Each replica on a machine of its own. */
  private static double round(
      Costs costs, double weights, double step, int workers, int steps, double rate) {
    double oneWay = 4 * weights * (steps == 1 ? 1 : 3);
    double turns = Math.log(workers + 1) / Math.log(2);
    double byteUp = costs.second / 2 + 1 / rate;
    double adders = workers <= FEW ? workers : 2 * Math.ceil(Math.sqrt(workers));
    return costs.job * (workers <= FEW ? 1 : 2)
        + costs.task * workers
        + turns * oneWay / rate
        + costs.second / 2 * oneWay
        + adders * oneWay * byteUp
        + costs.part
        + steps * step;
  }
}
