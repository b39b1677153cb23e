/**
 * A reader of arrays in MATLAB files of level 5, with the features that the SVHN data set requires.
 */
package dev.quern.io.mat;
