package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// edit replaces the first place of a text in a file; a text that is not there is an error,
// so that the list follows the library.
type edit struct{ file, old, new string }

// flaw is a mistake. An attack's has the name that the vectors have for it.
type flaw struct {
	name, what string
	edits      []edit
}

// edited gives the files of the flaw with the mistake in them.
func (f flaw) edited(root string) (map[string]string, error) {
	files := map[string]string{}
	for _, e := range f.edits {
		text, ok := files[e.file]
		if !ok {
			source, err := os.ReadFile(filepath.Join(root, e.file))
			if err != nil {
				return nil, err
			}
			text = string(source)
		}
		if !strings.Contains(text, e.old) {
			return nil, fmt.Errorf("%s: %s has changed: the text %q is not in it", f.name, e.file, e.old)
		}
		files[e.file] = strings.Replace(text, e.old, e.new, 1)
	}
	return files, nil
}

// files names the files of the flaw.
func (f flaw) files() string {
	var names []string
	for _, e := range f.edits {
		if len(names) == 0 || names[len(names)-1] != e.file {
			names = append(names, e.file)
		}
	}
	return strings.Join(names, ", ")
}

// tree is a copy of the library, since some of its tests read its files: an overlay of the
// go command would not be seen by them.
type tree struct{ root, dir string }

func newTree(root string) (*tree, error) {
	dir, err := os.MkdirTemp("", "flaws")
	if err != nil {
		return nil, err
	}
	t := &tree{root, dir}
	return t, filepath.WalkDir(root, t.copy)
}

// copy copies one file, but not the modules inside and not what git keeps.
func (t *tree) copy(path string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	to := filepath.Join(t.dir, strings.TrimPrefix(path, t.root))
	switch {
	case d.IsDir() && path != t.root && (d.Name() == ".git" || isFile(filepath.Join(path, "go.mod"))):
		return filepath.SkipDir
	case d.IsDir():
		return os.MkdirAll(to, 0o755)
	case d.Name() == ".git" || !d.Type().IsRegular():
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

func (t *tree) remove() { _ = os.RemoveAll(t.dir) }

// plant edits the copy until undo is called.
func (t *tree) plant(f flaw) (undo func() error, err error) {
	files, err := f.edited(t.root)
	if err != nil {
		return nil, err
	}
	write := func(name, text string) error { return os.WriteFile(filepath.Join(t.dir, name), []byte(text), 0o644) }
	undo = func() error {
		for name := range files {
			if err := t.copyBack(name); err != nil {
				return err
			}
		}
		return nil
	}
	for name, text := range files {
		if err := write(name, text); err != nil {
			return undo, err
		}
	}
	return undo, nil
}

func (t *tree) copyBack(name string) error {
	content, err := os.ReadFile(filepath.Join(t.root, name))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.dir, name), content, 0o644)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
