package dev.quern.spark;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.eager.Eager;
import dev.quern.error.FormatException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Softmax;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * A function that adds a model's predictions to rows, one batch at a time.
 *
 * @param key the key of the model, the same in all tasks
 * @param model the bytes of the model file
 */
record Scoring(
    String key,
    Broadcast<byte[]> model,
    FeatureColumn features,
    Outputs outputs,
    boolean prediction,
    boolean probability,
    boolean raw)
    implements MapPartitionsFunction<Row, Row>, Serializable {
  private static final int BATCH = 64;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return rows.hasNext() ? new Scored(rows) : rows;
  }

  /** An iterator over rows with predictions, which reads one batch ahead. */
  private final class Scored implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Deque<Row> done = new ArrayDeque<>();
    private final Model shared = SharedModels.acquire(key, model);
    private final Preprocessing how = shared.data().preprocessing().values().iterator().next();
    private long read;

    Scored(Iterator<Row> rows) {
      this.rows = rows;
      TaskContext.get()
          .<Void>addTaskCompletionListener(
              task -> {
                SharedModels.release(key);
              });
    }

    @Override
    public boolean hasNext() {
      return !done.isEmpty() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (done.isEmpty()) {
        List<Row> batch = new ArrayList<>(BATCH);
        while (batch.size() < BATCH && rows.hasNext()) {
          batch.add(rows.next());
        }
        score(batch);
      }
      return done.remove();
    }

    private void score(List<Row> batch) {
      try (Arena arena = new Arena()) {
        Tensor logits = shared.predict(inputs(arena, batch));
        float[] raws = logits.toArray();
        float[] likely = finished(logits).toArray();
        int classes = raws.length / batch.size();
        for (int i = 0; i < batch.size(); i++) {
          done.add(row(batch.get(i), raws, likely, i * classes, classes));
        }
      }
      read += batch.size();
    }

    private Tensor inputs(Arena arena, List<Row> batch) {
      Shape shape = features.shape();
      if (features.areImages()) {
        List<Image> images = new ArrayList<>(batch.size());
        for (Row row : batch) {
          images.add(checked(images.size(), () -> features.image(row, how)));
        }
        return how.batch(arena, shape, images);
      }
      int each = (int) shape.elements();
      float[] all = new float[batch.size() * each];
      for (int i = 0; i < batch.size(); i++) {
        int at = i;
        checked(
            i,
            () -> {
              features.floats(batch.get(at), all, at * each);
              return all;
            });
      }
      normalize(all, each, how.normalization());
      return arena.tensor(shape.batch(batch.size()), all);
    }

    private <T> T checked(int inBatch, Supplier<T> of) {
      try {
        return of.get();
      } catch (QuernException e) {
        throw new FormatException(
            "spark: row "
                + (read + inBatch)
                + " of partition "
                + TaskContext.getPartitionId()
                + ": "
                + e.getMessage(),
            e);
      }
    }
  }

  private Tensor finished(Tensor logits) {
    return switch (outputs) {
      case CLASS -> Eager.of(new Softmax()).forward(logits);
      case LABELS -> Eager.of(new Sigmoid()).forward(logits);
      case NUMBER, NUMBERS -> logits;
    };
  }

  private static void normalize(float[] all, int each, Normalization by) {
    int plane = each / by.channels();
    for (int i = 0; i < all.length; i++) {
      int c = i % each / plane;
      all[i] = (all[i] - by.mean()[c]) / by.std()[c];
    }
  }

  private Row row(Row of, float[] raws, float[] likely, int at, int classes) {
    List<Object> cells = new ArrayList<>();
    for (int i = 0; i < of.size(); i++) {
      cells.add(of.get(i));
    }
    if (raw && outputs.haveProbabilities()) {
      cells.add(Vectors.dense(part(raws, at, classes)));
    }
    if (probability && outputs.haveProbabilities()) {
      cells.add(Vectors.dense(part(likely, at, classes)));
    }
    if (prediction) {
      cells.add(prediction(part(likely, at, classes)));
    }
    return RowFactory.create(cells.toArray());
  }

  private static double[] part(float[] values, int at, int count) {
    double[] part = new double[count];
    for (int i = 0; i < count; i++) {
      part[i] = values[at + i];
    }
    return part;
  }

  private Object prediction(double[] said) {
    for (double v : said) {
      if (Double.isNaN(v)) {
        throw new NumericException(
            "spark: the network returned NaN; an input or a weight may be NaN, infinite or too"
                + " large for float32");
      }
    }
    return switch (outputs) {
      case CLASS -> (double) Vectors.dense(said).argmax();
      case LABELS -> Vectors.dense(Arrays.stream(said).map(p -> p > 0.5 ? 1 : 0).toArray());
      case NUMBER -> said[0];
      case NUMBERS -> Vectors.dense(said);
    };
  }
}
