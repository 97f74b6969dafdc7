package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// mutation is one mutant: a change of one place of a file.
type mutation struct {
	id       int // in the rewritten sources, from 1 on
	file     string
	function string
	code     string // the place's text, white space folded
	change   string // what becomes of it; with "#2" for the second of its kind in the function, and so on
	line     int
}

// key names a mutant whatever happens to other lines of the file.
func (m *mutation) key() string {
	return m.file + " | " + m.function + " | " + m.code + " | " + m.change
}

// messages are the functions whose arguments are not mutated: they only make the text of an error.
var messages = []string{"failf", "wrapf", "mismatch"}

// file is a source, and the edits that put its mutants in.
type file struct {
	name   string // in the module, with slashes
	path   string
	source []byte
	syntax *ast.File

	afterName int // offset behind the name of the package

	mutants []*mutation
	edits   []edit
	counts  map[string]int
}

// walker looks for places of a file where the program can be changed.
type walker struct {
	*file
	fset *token.FileSet
	pkg  *types.Package
	info *types.Info

	stack    []ast.Node
	closers  [][]edit // for each node of the stack
	function string
	lastID   *int
}

func (w *walker) walk() {
	w.counts = map[string]int{}
	for _, decl := range w.syntax.Decls {
		w.function = nameOf(decl)
		ast.Inspect(decl, func(n ast.Node) bool {
			if n == nil {
				last := len(w.stack) - 1
				w.edits = append(w.edits, w.closers[last]...)
				w.stack, w.closers = w.stack[:last], w.closers[:last]
				return true
			}
			if w.leaveOut(n) {
				return false
			}
			w.closers = append(w.closers, nil)
			deeper := w.place(n)
			w.stack = append(w.stack, n)
			if !deeper { // Inspect does not come back for a node that is not entered
				last := len(w.stack) - 1
				w.edits = append(w.edits, w.closers[last]...)
				w.stack, w.closers = w.stack[:last], w.closers[:last]
			}
			return deeper
		})
	}
}

// nameOf names a declaration as a reader would look for it.
func nameOf(decl ast.Decl) string {
	f, ok := decl.(*ast.FuncDecl)
	if !ok {
		return "(package)"
	}
	if f.Recv == nil {
		return f.Name.Name
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
			continue
		case *ast.IndexExpr:
			t = x.X
			continue
		case *ast.Ident:
			return x.Name + "." + f.Name.Name
		}
		return f.Name.Name
	}
}

// leaveOut reports whether nothing inside a node can be mutated.
func (w *walker) leaveOut(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok != token.VAR
	case *ast.CallExpr:
		name, ok := n.Fun.(*ast.Ident)
		return ok && slices.Contains(messages, name.Name)
	case ast.Expr:
		if w.info.Types[n].IsType() {
			return true
		}
		switch parent := w.parent(0).(type) {
		case *ast.KeyValueExpr:
			return parent.Key == n
		case *ast.CaseClause:
			s, ok := w.parent(2).(*ast.SwitchStmt) // the clause is in the block of the switch
			return !ok || s.Tag != nil
		}
	}
	return false
}

// parent gives the nth node around the one that is being looked at, parentheses left out.
func (w *walker) parent(n int) ast.Node {
	for i := len(w.stack) - 1; i >= 0; i-- {
		if _, ok := w.stack[i].(*ast.ParenExpr); ok {
			continue
		}
		if n == 0 {
			return w.stack[i]
		}
		n--
	}
	return nil
}

// place puts the mutants of a node in, and reports whether to look inside.
func (w *walker) place(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ParenExpr:
	case ast.Stmt:
		w.statement(n)
	case ast.Expr:
		tv := w.info.Types[n]
		if tv.Value != nil {
			w.constant(n, tv)
			return false
		}
		w.condition(n, tv.Type)
		switch n := n.(type) {
		case *ast.BinaryExpr:
			w.binary(n)
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				w.wrap(n, "no !", "mutant.Not(%d, ", ")")
			}
		}
	}
	return true
}

// statement deletes assignments, calls, and jumps.
func (w *walker) statement(n ast.Stmt) {
	switch w.parent(0).(type) {
	case *ast.BlockStmt, *ast.CaseClause:
	default:
		return
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		blank := func(e ast.Expr) bool { name, ok := e.(*ast.Ident); return ok && name.Name == "_" }
		if n.Tok == token.DEFINE || !slices.ContainsFunc(n.Lhs, func(e ast.Expr) bool { return !blank(e) }) {
			return
		}
	case *ast.ExprStmt:
		if _, ok := n.X.(*ast.CallExpr); !ok {
			return
		}
	case *ast.BranchStmt:
		if n.Tok != token.BREAK && n.Tok != token.CONTINUE {
			return
		}
	case *ast.IncDecStmt:
	default:
		return
	}
	w.wrap(n, "deleted", "if !mutant.On(%d) { ", " }")
}

// constant changes a literal or a constant expression.
func (w *walker) constant(n ast.Expr, tv types.TypeAndValue) {
	t, ok := types.Unalias(types.Default(tv.Type)).(*types.Basic)
	if !ok {
		return
	}
	switch {
	case tv.Value.Kind() == constant.Bool:
		w.wrap(n, map[string]string{"true": "false", "false": "true"}[tv.Value.String()], "mutant.Not(%d, ", ")")
	case t.Info()&types.IsInteger != 0:
		more, fewer := w.steps(n)
		if more {
			w.wrap(n, "+ 1", "mutant.More["+t.Name()+"](%d, ", ")")
		}
		if fewer {
			w.wrap(n, "- 1", "mutant.Fewer["+t.Name()+"](%d, ", ")")
		}
	}
}

// steps tells in which directions to change a number. Beside an order operator one of them is what the operator's own
// mutant does; capacities change nothing; and a character beside == is changed by the condition's mutants.
func (w *walker) steps(n ast.Expr) (more, fewer bool) {
	switch parent := w.parent(0).(type) {
	case *ast.CallExpr:
		if name, ok := parent.Fun.(*ast.Ident); ok && name.Name == "make" && slices.Index(parent.Args, n) > 1 {
			return false, false
		}
	case *ast.BinaryExpr:
		right := parent.Y.Pos() <= n.Pos()
		switch parent.Op {
		case token.LSS, token.GEQ:
			return !right, right
		case token.GTR, token.LEQ:
			return right, !right
		case token.EQL, token.NEQ:
			lit, ok := ast.Unparen(n).(*ast.BasicLit)
			if ok && lit.Kind == token.CHAR {
				return false, false
			}
			call, isCall := parent.X.(*ast.CallExpr)
			if isCall && ok && lit.Value == "0" {
				name, ok := call.Fun.(*ast.Ident)
				return true, !ok || name.Name != "len"
			}
		}
	}
	return true, true
}

// condition forces what decides to true and to false, one of which is enough for an operand of && and ||.
func (w *walker) condition(n ast.Expr, t types.Type) {
	if t == nil {
		return
	}
	if b, ok := t.Underlying().(*types.Basic); !ok || b.Info()&types.IsBoolean == 0 {
		return
	}
	toTrue, toFalse := false, false
	switch parent := w.parent(0).(type) {
	case *ast.IfStmt, *ast.ForStmt, *ast.CaseClause, *ast.ReturnStmt:
		toTrue, toFalse = true, true
	case *ast.UnaryExpr:
	case *ast.BinaryExpr:
		toTrue, toFalse = parent.Op == token.LAND, parent.Op == token.LOR
	default:
		switch x := n.(type) {
		case *ast.BinaryExpr:
			toTrue, toFalse = true, true
		case *ast.UnaryExpr:
			toTrue, toFalse = x.Op == token.NOT, x.Op == token.NOT
		}
	}
	if toTrue {
		w.wrap(n, "true", "mutant.True(%d, ", ")")
	}
	if toFalse {
		w.wrap(n, "false", "mutant.False(%d, ", ")")
	}
}

// binary changes an operator.
func (w *walker) binary(n *ast.BinaryExpr) {
	functions := map[token.Token]struct{ name, change string }{
		token.LSS: {"Less", "<="}, token.LEQ: {"LessEqual", "<"}, token.GTR: {"Greater", ">="}, token.GEQ: {"GreaterEqual", ">"},
		token.ADD: {"Add", "-"}, token.SUB: {"Sub", "+"},
	}
	switch n.Op {
	case token.LAND, token.LOR:
		// By De Morgan: the opposite of the operands, and of the result.
		change := map[token.Token]string{token.LAND: "||", token.LOR: "&&"}[n.Op]
		m := w.wrap(n, change, "(((", ") != mutant.On(%[1]d)) != mutant.On(%[1]d))")
		w.replace(m, n, fmt.Sprintf(") != mutant.On(%d) %s (", m.id, n.Op))
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.ADD, token.SUB:
		t := types.Default(w.info.Types[n.X].Type)
		if w.info.Types[n.X].Value != nil {
			t = types.Default(w.info.Types[n.Y].Type)
		}
		b, ok := t.Underlying().(*types.Basic)
		if !ok || (n.Op == token.ADD || n.Op == token.SUB) && b.Info()&types.IsInteger == 0 {
			return
		}
		name := types.TypeString(t, func(p *types.Package) string {
			if p == w.pkg {
				return ""
			}
			return p.Name()
		})
		f := functions[n.Op]
		m := w.wrap(n, f.change, "mutant."+f.name+"["+name+"](%d, ", ")")
		w.replace(m, n, ",")
	}
}

// wrap puts text around a node for a new mutant, with its number where there is a verb.
func (w *walker) wrap(n ast.Node, change, before, after string) *mutation {
	from, to := w.offset(n.Pos()), w.offset(n.End())
	*w.lastID++
	m := &mutation{
		id: *w.lastID, file: w.name, function: w.function, change: change, line: w.fset.Position(n.Pos()).Line,
		code: strings.Join(strings.Fields(string(w.source[from:to])), " "),
	}
	if w.counts[m.key()]++; w.counts[m.key()] > 1 {
		m.change += fmt.Sprintf(" #%d", w.counts[m.key()])
	}
	number := func(format string) string {
		if !strings.Contains(format, "%") {
			return format
		}
		return fmt.Sprintf(format, m.id)
	}
	w.mutants = append(w.mutants, m)
	w.edits = append(w.edits, edit{at: from, order: opening, text: number(before), mutant: m})
	last := len(w.closers) - 1
	w.closers[last] = slices.Insert(w.closers[last], 0, edit{at: to, order: closing, text: number(after), mutant: m})
	return m
}

// replace puts other text in the place of the operator.
func (w *walker) replace(m *mutation, n *ast.BinaryExpr, text string) {
	w.edits = append(w.edits, edit{at: w.offset(n.OpPos), cut: len(n.Op.String()), order: operator, text: text, mutant: m})
}

func (w *walker) offset(p token.Pos) int { return w.fset.Position(p).Offset }
