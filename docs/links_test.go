package docs_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

var (
	fence    = regexp.MustCompile("(?s)```.*?```")
	fenced   = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	mdLink   = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.*)$`)
	linkText = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// TestLinks: what the documents link to in the module exists, with its heading.
func TestLinks(t *testing.T) {
	anchors := map[string]map[string]bool{}
	documents := files(t, ".md")
	for _, document := range documents {
		anchors[document] = headings(read(t, document))
	}
	repository := hasNestedModules(t)
	links, skipped := 0, ""
	for _, document := range documents {
		for _, match := range mdLink.FindAllStringSubmatch(fenced.ReplaceAllString(read(t, document), "``"), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			links++
			file, anchor, _ := strings.Cut(match[1], "#")
			target := document
			if file != "" {
				target = path.Join(path.Dir(document), file)
			}
			_, err := os.Stat(filepath.Join(root, filepath.FromSlash(target)))
			if err != nil && !repository {
				skipped = target
				continue
			}
			require.NoError(t, err, "%s links to %s", document, match[1])
			if anchor != "" {
				require.True(t, anchors[target][anchor], "%s links to %s, and there is no such heading", document, match[1])
			}
		}
	}
	require.Greater(t, links, 30)
	if skipped != "" {
		t.Skipf("a module's zip has no nested modules, such as that of %s", skipped)
	}
}

// headings returns the anchors of a page's headings.
func headings(text string) map[string]bool {
	found := map[string]bool{}
	outside := fence.ReplaceAllString(text, "")
	for _, match := range heading.FindAllStringSubmatch(outside, -1) {
		var s strings.Builder
		for _, r := range strings.ToLower(linkText.ReplaceAllString(match[1], "$1")) {
			switch {
			case r == ' ':
				s.WriteByte('-')
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
				s.WriteRune(r)
			}
		}
		found[s.String()] = true
	}
	return found
}

// TestEveryPageIsInTheIndex: README.md links to each page of docs.
func TestEveryPageIsInTheIndex(t *testing.T) {
	index := read(t, "README.md")
	for _, document := range files(t, ".md") {
		if strings.HasPrefix(document, "docs/") {
			require.Contains(t, index, "]("+document+")")
		}
	}
}

// misspelt are mistakes that are made often, also by people who know better.
var misspelt = strings.Fields(`
	accomodate acheive accross adress agressive algorithim algoritm alot allways apparant aquire arbitary arguement
	asymetric auhtorization authentification availible beacuse becuase begining beleive boundry buisness calender
	catagory certficate certifcate charachter comming commited compatability concious consistant contruct convinient
	cryptograhy decrytpt defintion dependancy desription diferent discription dissapear documention doesnt embarass
	enviroment equivelent exeption existance expirey explicitely familar fucntion funciton garantee goverment gaurantee
	happend heirarchy hte identifer immediatly implemention incomming independant initalize interupt intial invaild
	knowlege langauge lenght liason libary maintainance managment messsage mispelled neccessary necesary negotation
	noticable occassion occured occurence ommit orginal paramater parrallel passphase persistant posession posible
	preceeding prefered privelege priviledge proccess propogate publically recieve recomend refered referrence relevent
	reponse resouce retreive rythm seperate seperator signiture similiar speach strenght succesful successfull supress
	suprise syncronous teh tempory thier threshhold tommorow tranfer truely unecessary unforseen unkown untill usefull
	verfication verifcation verison wether whcih wich wierd writeable`)

// TestSpelling looks for misspelt in the documents and the sources.
func TestSpelling(t *testing.T) {
	list := regexp.MustCompile(`(?i)\b(` + strings.Join(misspelt, "|") + `)\b`)
	for _, suffix := range []string{".md", ".go"} {
		for _, file := range files(t, suffix) {
			if file == "docs/links_test.go" {
				continue
			}
			require.Empty(t, list.FindString(read(t, file)), file)
		}
	}
}
