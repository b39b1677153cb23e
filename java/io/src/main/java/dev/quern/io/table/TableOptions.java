package dev.quern.io.table;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options for reading a table.
 *
 * @param label the column of class names; null for none
 * @param targets the columns of numbers to predict
 * @param features the columns of features in their order; empty for all columns without another
 *     role
 * @param ignored the columns to ignore
 * @param split the column that contains train, val or test; null for none
 * @param weight the column of sample weights; null for none
 * @param missing the value for a feature whose cell is empty; null if empty cells are errors
 * @param classes the class names in label order; null for the class names in the file
 */
public record TableOptions(
    Path file,
    char separator,
    @Nullable String label,
    List<String> targets,
    List<String> features,
    List<String> ignored,
    @Nullable String split,
    @Nullable String weight,
    @Nullable Float missing,
    @Nullable List<String> classes) {}
