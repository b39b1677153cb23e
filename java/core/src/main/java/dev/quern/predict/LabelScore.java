package dev.quern.predict;

/**
 * A label with its probability.
 *
 * @param label name of the class
 * @param index index of the class, from 0
 * @param probability in [0, 1]
 */
public record LabelScore(String label, int index, double probability) {}
